/** Search suggestions: what they show, how they wrap, and how the keyboard works. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { books } from './books.ts'
import { expectNoPageErrors, startSite, waitForHeading, waitForHydration } from './site.ts'

const site = await startSite({ books })
const PHONE = { width: 390, height: 844 }

const typeQuery = async (page: Page, q: string) => {
  await page.goto('/about')
  await waitForHydration(page)
  const box = page.getByRole('combobox')
  await box.pressSequentially(q)
  await page.getByRole('option').first().waitFor()
  return box
}

test('a suggested book shows its cover, author and price', async () => {
  const window = await site.openWindow()
  const { page } = window
  await typeQuery(page, 'gatsby')
  const option = page.getByRole('option').filter({ hasText: 'The Great Gatsby' })
  await option.getByText('F. Scott Fitzgerald').waitFor()
  await option.getByText('$12.99').waitFor()
  const cover = option.locator('img')
  await expect
    .poll(() => cover.evaluate(image => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0)
  await option.click()
  await waitForHeading(page, 'The Great Gatsby')
  expectNoPageErrors(window)
})

test('on a phone, titles are shown to their end', async () => {
  const { page } = await site.openWindow({ viewport: PHONE })
  await typeQuery(page, 'collected poems')
  const titles = page.getByRole('option').locator('.font-serif')
  for (const title of await titles.all()) {
    const isCut = await title.evaluate(
      one => one.scrollWidth > one.clientWidth + 1 || getComputedStyle(one).webkitLineClamp !== 'none',
    )
    expect(isCut).toBe(false)
    const box = await title.boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(PHONE.width)
  }
})

test('Escape closes the list and keeps the text; arrows and Enter choose', async () => {
  const { page } = await site.openWindow()
  const box = await typeQuery(page, 'solaris')
  await box.press('Escape')
  await expect.poll(() => page.getByRole('option').count()).toBe(0)
  expect(await box.inputValue()).toBe('solaris')
  expect(await box.getAttribute('aria-expanded')).toBe('false')
  await box.press('Backspace')
  await page.getByRole('option').first().waitFor()
  await box.press('ArrowDown')
  await box.press('Enter')
  await waitForHeading(page, 'Solaris')
})
