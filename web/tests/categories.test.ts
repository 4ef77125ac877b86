/** Addresses of category pages: one for each category, and the former ones of those that were renamed. */
import { expect, test } from 'vitest'
import { moveCategory } from '#src/catalog/move-category.ts'
import { aBook } from '../../test/kit.ts'
import { startSite } from './site.ts'

const many = (category: string, count: number) =>
  Array.from({ length: count }, (_, i) =>
    aBook({
      category,
      book_id: `${Buffer.from(category).toString('hex')}-${i}`,
      title: `${category} volume ${i}`,
    }),
  )
const CATEGORIES = ['Fiction', 'fiction', 'FICTION', 'Sci-Fi', 'sci fi', 'Food / Drink', '???', '..'] as const
const site = await startSite({ books: CATEGORIES.flatMap((category, i) => many(category, 9 - i)) })

const getPage = async (path: string) => {
  const answer = await fetch(`${site.url}${path}`, { redirect: 'manual' })
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
}

/** The address of the category that the page of its first book links to. */
const linkedFrom = async (category: string): Promise<string> => {
  const { text } = await getPage(
    (await getPage(`/books/${Buffer.from(category).toString('hex')}-0`)).location ?? '',
  )
  return /href="(\/category\/[^"]+)"/.exec(text.slice(text.indexOf('<main')))?.[1] ?? ''
}

test('each category has an address of its own, which shows its own books', async () => {
  const addresses = new Map<string, string>()
  for (const category of CATEGORIES) addresses.set(category, await linkedFrom(category))
  expect(new Set(addresses.values()).size).toBe(CATEGORIES.length)
  for (const [category, address] of addresses) {
    const { status, text } = await getPage(address)
    expect([category, status]).toEqual([category, 200])
    for (const other of CATEGORIES)
      expect(text.includes(`${other} volume 0`), `${category}: ${other}`).toBe(other === category)
  }
  expect(addresses.get('Fiction')).toBe('/category/fiction')
})

test('an exact name with a slash leads to the category, encoded or decoded on the way', async () => {
  for (const path of ['/category/Food%20%2F%20Drink', '/category/Food%20/%20Drink'])
    expect(await getPage(`${path}?sort=newest`)).toMatchObject({
      status: 301,
      location: '/category/food-drink?sort=newest',
    })
  expect((await getPage('/category/no/such')).status).toBe(404)
  expect((await fetch(`${site.url}/api/books/category/Food%20%2F%20Drink`)).status).toBe(200)
})

test('the former address of a renamed category redirects to the new one, once it has no books', async () => {
  const former = await linkedFrom('sci fi')
  const move = { actor: 'test', what: 'category.merge', from: 'sci fi', to: 'Sci-Fi' } as const
  await moveCategory(site.deps, move)
  await expect.poll(() => getPage(former)).toMatchObject({ status: 301, location: '/category/sci-fi' })
  await moveCategory(site.deps, { ...move, what: 'category.rename', from: 'Sci-Fi', to: 'Science Fiction' })
  for (const path of ['/category/sci-fi', '/category/Sci-Fi', former])
    await expect
      .poll(() => getPage(path))
      .toMatchObject({ status: 301, location: '/category/science-fiction' })
  const { text } = await getPage('/')
  expect(text).toContain('href="/category/science-fiction"')
  expect(text).not.toContain('href="/category/sci-fi"')
})
