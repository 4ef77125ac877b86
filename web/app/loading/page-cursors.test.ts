import { expect, test } from 'vitest'
import type { BookPage } from '#src/catalog/api.ts'
import { readPage } from './page-cursors.server.ts'

const noFacets = {
  category: [],
  author: [],
  price: [],
  availability: [],
  language: [],
  decade: [],
  rating: [],
}

/** A list of `total` books whose ids are their positions. */
const listOf = (total: number) => {
  const asked: number[] = []
  const ask = async (limit: number, cursor: string | undefined): Promise<BookPage> => {
    const at = Number(cursor ?? 0)
    asked.push(at)
    const end = Math.min(at + limit, total)
    const items = Array.from({ length: end - at }, (_, i) => ({
      book_id: String(at + i),
    })) as BookPage['items']
    return {
      items,
      total,
      pages: null,
      match: null,
      facets: noFacets,
      next_cursor: end < total ? String(end) : null,
    }
  }
  return { ask, asked }
}

test('a page without a cached cursor is reached by walking, two pages at a time', async () => {
  const { ask, asked } = listOf(1_000)
  const page = await readPage('walked', 6, ask)
  expect(page?.items[0]?.book_id).toBe('120')
  expect(page?.items).toHaveLength(24)
  expect(asked).toEqual([0, 48, 96, 120])
})

test('consecutive pages need one request each', async () => {
  const { ask, asked } = listOf(100)
  for (const number of [1, 2, 3, 4, 5])
    expect((await readPage('leafed', number, ask))?.items[0]?.book_id).toBe(String((number - 1) * 24))
  expect(asked).toEqual([0, 24, 48, 72, 96])
})

test('a page after the last one is undefined', async () => {
  const { ask } = listOf(48)
  expect(await readPage('short', 2, ask)).toMatchObject({ next_cursor: null })
  expect(await readPage('short', 3, ask)).toBeUndefined()
  expect(await readPage('short', 9, ask)).toBeUndefined()
})
