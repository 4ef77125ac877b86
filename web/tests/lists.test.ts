/** Lists of books: filters with several values, the filter panel of a phone, and numbered pages. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { aBook } from '../../test/kit.ts'
import { expectNoPageErrors, startSite, waitForHydration } from './site.ts'

const PHONE = { width: 390, height: 844 }
const LANGUAGES = ['en', 'de', 'fr']
/**
 * 150 books: three languages, three decades, thirty authors; every tenth is sold out, and these are the most
 * popular.
 */
const books = Array.from({ length: 150 }, (_, i) =>
  aBook({
    book_id: `b-${i}`,
    category: i % 2 ? 'Poetry' : 'Essays',
    title: `Collected Works ${i}`,
    author: `Author ${i % 30}`,
    language: LANGUAGES[i % 3] ?? 'en',
    published_year: 1985 + 10 * (i % 3),
    average_rating: i % 5 ? 4.6 : 3.2,
    ratings_count: i % 10 ? 100 : 9_000,
    price: 5 + (i % 40),
    stock_quantity: i % 10 ? 20 : 0,
  }),
)
const site = await startSite({ books })

const facetLink = (page: Page, label: string) =>
  page.locator('aside .facet-link').filter({ has: page.getByText(label, { exact: true }) })
/** Waits for the number of books above the list. */
const countIn = (page: Page) => (text: string) =>
  page
    .locator('h1 + p')
    .filter({ hasText: new RegExp(`^${text}`) })
    .waitFor()
const chosen = (page: Page) => page.locator('aside .facet-link[aria-current=true]').allTextContents()

test('several values of a filter widen a list, those of another narrow it, without scripts', async () => {
  const window = await site.openWindow({ javaScriptEnabled: false })
  const { page } = window
  const count = countIn(page)
  await page.goto('/search')
  await count('150 books')
  await facetLink(page, 'German').click()
  await count('50 books')
  await facetLink(page, 'French').click()
  await count('100 books')
  expect(new URL(page.url()).searchParams.getAll('language')).toEqual(['de', 'fr'])
  await facetLink(page, '1990s').click()
  await count('50 books')
  expect(await chosen(page)).toEqual(['German50', 'French0', '1990s50'])
  await facetLink(page, '4.5 and up').click()
  await count('40 books')
  await page.getByRole('link', { name: 'Remove filter: German' }).click()
  await page.getByText('We found no matching books').waitFor()
  await page.getByRole('link', { name: 'Search again without filters' }).click()
  await count('150 books')
  expectNoPageErrors(window)
})

test('a facet with many values shows the most frequent, and all of them on request', async () => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/category/poetry')
  const authors = () => page.locator('aside .facet-link').filter({ hasText: 'Author ' }).count()
  expect(await authors()).toBe(8)
  await page.getByRole('link', { name: 'More Author' }).click()
  expect(await authors()).toBe(15)
  await facetLink(page, 'Author 29').click()
  await countIn(page)('5 books')
  expect(await authors()).toBe(15)
  await page.getByRole('link', { name: 'Fewer Author' }).click()
  // A chosen value stays listed.
  expect(await authors()).toBe(9)
})

for (const javaScriptEnabled of [true, false])
  test(`on a phone, the filters stay open until the list is asked for; scripts: ${javaScriptEnabled}`, async () => {
    const window = await site.openWindow({ viewport: PHONE, javaScriptEnabled })
    const { page } = window
    await page.goto('/category/essays')
    await waitForHydration(page)
    const first = page.getByRole('heading', { level: 3 }).filter({ hasText: 'Collected' }).first()
    await page.getByText('Filters', { exact: true }).last().click()
    await facetLink(page, 'German').click()
    await page.getByRole('link', { name: 'Show 25 books' }).waitFor()
    await facetLink(page, 'French').click()
    const show = page.getByRole('link', { name: 'Show 50 books' })
    // In view, however long the filters are.
    const box = await show.boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(PHONE.height)
    await show.click()
    await first.waitFor()
    await expect.poll(() => page.locator('details.fold').getAttribute('open')).toBeNull()
    expect(new URL(page.url()).search).toBe('?language=de&language=fr')
    expectNoPageErrors(window)
  })

test('pages are numbered, with the first and the last, and unknown ones are not found', async () => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/search?sort=title')
  const numbers = () => page.locator('.pagination-numbers li').allTextContents()
  expect(await numbers()).toEqual(['1', '2', '…', '7'])
  await page.getByRole('link', { name: 'Page 7', exact: true }).click()
  await page.getByText('Page 7 of 7').waitFor()
  expect(await page.getByRole('listitem').filter({ hasText: 'Collected Works' }).count()).toBe(6)
  expect(await page.locator('[aria-current=page].page-link').textContent()).toBe('7')
  await page.getByRole('link', { name: 'Previous page' }).click()
  await page.getByRole('link', { name: 'Page 1', exact: true }).click()
  expect(new URL(page.url()).search).toBe('?sort=title')
  const seen = new Set<string>()
  for (let number = 1; number <= 7; number++) {
    const text = await (await fetch(`${site.url}/search?sort=title&page=${number}`)).text()
    for (const [, id = ''] of text.matchAll(/href="\/books\/(b-\d+)\//g)) seen.add(id)
  }
  expect(seen.size).toBe(150)
  for (const number of [8, 99_999])
    expect((await fetch(`${site.url}/search?page=${number}`)).status).toBe(404)
})

test('sold-out books lead neither the home page nor a list', async () => {
  for (const path of ['/', '/category/essays', '/search']) {
    const text = await (await fetch(site.url + path)).text()
    expect([path, /Sold out/.test(text)]).toEqual([path, false])
  }
  // They come last.
  expect(await (await fetch(`${site.url}/search?page=7`)).text()).toContain('Sold out')
})
