/** Client-side navigation of plain links, prefetching and deferred hydration. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { books } from './books.ts'
import { isHydrated, startSite, waitForHeading, waitForHydration } from './site.ts'

const site = await startSite({ books })

const openHome = async () => {
  const { page } = await site.openWindow()
  await page.goto('/')
  await waitForHydration(page)
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  return { page, asked }
}

test('a hovered book is prefetched, and opens without a full page load', async () => {
  const { page, asked } = await openHome()
  const link = page.getByRole('link', { name: 'Clean Code', exact: true }).first()
  await link.hover()
  await expect.poll(() => asked).toContain('/books/tech-001/clean-code.data')
  await page.evaluate(() => {
    document.documentElement.dataset.here = 'still'
  })
  await link.click()
  await waitForHeading(page, 'Clean Code')
  expect(await page.evaluate(() => document.documentElement.dataset.here)).toBe('still')
  expect(asked).not.toContain('/books/tech-001/clean-code')
})

test('private pages are not prefetched, and links opened in a new window are left to the browser', async () => {
  const { page, asked } = await openHome()
  await page.getByRole('link', { name: 'Cart', exact: true }).hover()
  // Measured by the page's clock, like the hover delay.
  await page.evaluate(() => new Promise(done => setTimeout(done, 400)))
  const link = page.getByRole('link', { name: 'Clean Code', exact: true }).first()
  await link.hover()
  await expect.poll(() => asked).toContain('/books/tech-001/clean-code.data')
  expect(asked.filter(path => path.startsWith('/cart'))).toEqual([])
  const opened = page.context().waitForEvent('page')
  await link.click({ modifiers: ['ControlOrMeta'] })
  await waitForHeading(await opened, 'Clean Code')
  expect(new URL(page.url()).pathname).toBe('/')
})

/** Start time of each script request, by the page's clock. */
const scriptStartTimes = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .map(({ startTime }) => startTime),
  )

test('no script is requested before the page is loaded and painted', async () => {
  const { page } = await openHome()
  const seen = await page.evaluate(() => {
    const [loaded] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const [painted] = performance.getEntriesByName('first-contentful-paint')
    return Math.max(loaded?.loadEventStart ?? Infinity, painted?.startTime ?? Infinity)
  })
  const asked = await scriptStartTimes(page)
  expect(asked.length).toBeGreaterThan(5)
  expect(Math.min(...asked)).toBeGreaterThanOrEqual(seen)
})

test('user input hydrates the page even while images are loading', async () => {
  const { page } = await site.openWindow()
  // Covers never arrive, so the load event does not fire during the test.
  await page.route('**/covers/**', () => {})
  await page.goto('/', { waitUntil: 'domcontentloaded' })
  expect(await scriptStartTimes(page)).toEqual([])
  await page.getByRole('link', { name: 'Orders', exact: true }).focus()
  await expect.poll(() => isHydrated(page)).toBe(true)
})
