/** Links are plain, and instant where scripts run; those come after what is seen. */
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

test('a book under the pointer is fetched ahead, and shown without loading the page anew', async () => {
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

test('private pages are not fetched ahead, and a link for another window is left to the browser', async () => {
  const { page, asked } = await openHome()
  await page.getByRole('link', { name: 'Cart', exact: true }).hover()
  // By the page's own clock, as the rest of a pointer is; and what is fetched ahead later comes after.
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

/** When each script of the page was asked for, in its own time. */
const scriptStartTimes = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .map(({ startTime }) => startTime),
  )

test('no script is asked for before the page is loaded and painted', async () => {
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

test('a hand on the page wakes its scripts, whatever else is on its way', async () => {
  const { page } = await site.openWindow()
  // Covers that never come: the page is not loaded as long as the test runs.
  await page.route('**/covers/**', () => {})
  await page.goto('/', { waitUntil: 'domcontentloaded' })
  expect(await scriptStartTimes(page)).toEqual([])
  await page.getByRole('link', { name: 'Orders', exact: true }).focus()
  await expect.poll(() => isHydrated(page)).toBe(true)
})
