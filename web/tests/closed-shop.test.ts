import { afterAll, expect, test } from 'vitest'
import { getTestEngine } from '../../test/kit.ts'
import { books } from './books.ts'
import { addToCart, fillAddress, startSite, type Window, waitForHydration } from './site.ts'

const site = await startSite({ books })

afterAll(() => {
  site.reportedErrors.length = 0
})

const atCheckout = async (window: Window) => {
  const { page } = window
  await page.goto('/books/tech-001/clean-code')
  await waitForHydration(page)
  await addToCart(page)
  await page.goto('/checkout')
  await waitForHydration(page)
  await fillAddress(page)
  return page
}

test('while the database is unavailable, categories are shown, private pages answer 503, and the checkout keeps its values', async () => {
  const pages = [
    await atCheckout(await site.openWindow()),
    await atCheckout(await site.openWindow({ javaScriptEnabled: false })),
  ]
  await (await getTestEngine()).stop()

  for (const page of pages) {
    const key = await page.locator('input[name=key]').inputValue()
    await page.getByRole('button', { name: 'Place order for $52.42' }).click()
    await page.getByRole('alert').getByText('We didn’t get a response in time').waitFor()
    await expect.poll(() => page.getByLabel('Street address').inputValue()).toBe('1 Library Lane')
    await page.getByRole('button', { name: 'Place order for $52.42' }).waitFor()
    await expect.poll(() => page.locator('input[name=key]').inputValue()).toBe(key)
  }

  const [page] = pages
  const category = await page?.goto('/category/poetry')
  expect(category?.status()).toBe(200)
  const cart = await page?.goto('/cart')
  expect(cart?.status()).toBe(503)
  await page?.getByRole('heading', { name: 'We’ll be right back' }).waitFor()
  await page?.getByRole('link', { name: 'Try again' }).waitFor()
})
