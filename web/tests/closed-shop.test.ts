import { afterAll, expect, test } from 'vitest'
import { testEngine } from '../../test/kit.ts'
import { books } from './books.ts'
import { openSite, settled } from './site.ts'

const site = await openSite({ books })

afterAll(() => {
  site.reported.length = 0
})

test('without its storeroom the shop shows its shelves, says that it is closed, and loses nothing that was typed', async () => {
  const { page } = await site.open()
  await page.goto('/books/tech-001/clean-code')
  await settled(page)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByText('It is in your cart.').waitFor()
  await page.goto('/checkout')
  await settled(page)
  await page.getByLabel('E-mail').fill('reader@example.com')
  await page.getByLabel('Name, street').fill('1 Library Lane')
  await page.getByLabel('Postal code').fill('12345')
  await page.getByLabel('Town or city').fill('Anytown')
  await (await testEngine()).stop()

  await page.getByRole('button', { name: 'Place order' }).click()
  await page
    .getByRole('heading', { name: 'The shop is closed for a moment' })
    .or(page.getByRole('alert').getByText('We did not hear back in time'))
    .waitFor({ timeout: 25_000 })
  expect(await page.getByLabel('Name, street').inputValue()).toBe('1 Library Lane')

  const shelf = await page.goto('/category/poetry')
  expect(shelf?.status()).toBe(200)
  const cart = await page.goto('/cart', { timeout: 25_000 })
  expect(cart?.status()).toBe(503)
  await page.getByRole('heading', { name: 'The shop is closed for a moment' }).waitFor()
  await page.getByRole('link', { name: 'Try again' }).waitFor()
}, 90_000)
