import { expect, test } from 'vitest'
import { aBook } from '../../test/kit.ts'
import { openSite } from './site.ts'

const books = [
  aBook({ book_id: 'plain' }),
  aBook({
    book_id: 'long',
    title: 'Donaudampfschifffahrtsgesellschaftskapitän '.repeat(6).trim(),
    author: 'A. Sailor; B. Sailor; C. Sailor',
  }),
  aBook({ book_id: 'script', title: 'Война и мир <script>', author: 'Лев Толстой' }),
  aBook({ book_id: 'ext', title: 'Švejk (Osudy, #1)', author: 'Jaroslav Hašek' }),
  aBook({ book_id: 'signs', title: '!?', author: '—' }),
]
const site = await openSite({ books })
const cover = async (id: string) => {
  const answer = await fetch(`${site.url}/covers/${id}.svg`)
  return { answer, svg: await answer.text() }
}

test('every book has a cover, the same each time, without a number that is none', { retry: 2 }, async () => {
  for (const { book_id } of books) {
    const { answer, svg } = await cover(book_id)
    expect(answer.headers.get('content-type')).toBe('image/svg+xml')
    expect(svg).toMatch(/^<svg xmlns="[^"]*" viewBox="0 0 800 1200".*<\/svg>$/s)
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect((await cover(book_id)).svg).toBe(svg)
  }
})

test('letters are outlines; a script that our type has not is left to the reader’s own, and stays text', {
  retry: 2,
}, async () => {
  expect((await cover('ext')).svg).not.toContain('<text')
  const { svg } = await cover('script')
  expect(svg).toMatch(/<text[^>]*>Война/)
  expect(svg).not.toContain('<script')
})

test('a cover under the version of its words may be kept for good, another only as long as a page', {
  retry: 2,
}, async () => {
  const page = await (await fetch(`${site.url}/books/plain/clean-code`)).text()
  const [, address = ''] = /src="(\/covers\/plain\.svg\?v=[^"]+)"/.exec(page) ?? []
  expect((await fetch(`${site.url}${address}`)).headers.get('cache-control')).toContain('immutable')
  expect((await fetch(`${site.url}/covers/plain.svg?v=old`)).headers.get('cache-control')).not.toContain(
    'immutable',
  )
})
