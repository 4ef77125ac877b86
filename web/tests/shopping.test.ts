import { expect, test } from 'vitest'
import { books } from './books.ts'
import {
  addToCart,
  expectNoPageErrors,
  fillAddress,
  ORDER_CONFIRMED,
  startSite,
  waitForHeading,
  waitForHydration,
  withoutHttpErrors,
} from './site.ts'

const site = await startSite({ books })

test('a guest finds a book, orders it and views the order', async () => {
  const window = await site.openWindow()
  const { page } = window
  await page.goto('/')
  await waitForHydration(page)
  await page
    .getByRole('navigation', { name: 'Categories', exact: true })
    .getByRole('link', { name: 'Technology' })
    .click()
  await waitForHeading(page, 'Technology')
  await page.getByRole('link', { name: 'Clean Code', exact: true }).click()
  await waitForHeading(page, 'Clean Code')
  await page.getByLabel('Quantity').selectOption('2')
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByText('Added to your cart. It now has 2 books.').waitFor()
  expect(new URL(page.url()).pathname).toBe('/books/tech-001/clean-code')
  await page
    .getByRole('link', { name: 'Cart , 2 books in your cart' })
    .or(page.getByRole('link', { name: 'View cart' }))
    .first()
    .click()
  await waitForHeading(page, 'Your cart')
  await page.getByRole('button', { name: 'Remove one copy of Clean Code' }).click()
  await expect.poll(() => page.locator('[data-total]').textContent()).toBe('$52.42')
  await page.getByRole('link', { name: 'Checkout' }).click()
  await waitForHeading(page, 'Checkout')
  await fillAddress(page)
  await page.getByRole('button', { name: 'Place order for $52.42' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
  expect(new URL(page.url()).pathname).toMatch(/^\/orders\/[^/]+\/confirmed$/)
  await page.getByRole('link', { name: 'View order' }).click()
  await page.getByRole('columnheader', { name: 'Amount' }).waitFor()
  await expect.poll(() => page.locator('[data-total]').textContent()).toBe('$52.42')
  expectNoPageErrors(window)
})

test('shopping works without scripts', async () => {
  const window = await site.openWindow({ javaScriptEnabled: false })
  const { page } = window
  await page.goto('/')
  await page.getByPlaceholder('Title, author, or ISBN').fill('claen code')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Clean Code' }).first().click()
  await addToCart(page)
  expect(new URL(page.url()).pathname).toBe('/cart')
  await page.getByRole('button', { name: 'Add one copy of Clean Code' }).click()
  await page.getByText('$98.85').waitFor()
  await page.getByRole('button', { name: 'Remove one copy of Clean Code' }).click()
  await page.getByRole('link', { name: 'Checkout' }).click()
  await page.getByRole('button', { name: 'Place order' }).click()
  await page.getByRole('alert').getByText('Enter a valid email address').waitFor()
  await fillAddress(page)
  await page.getByRole('button', { name: 'Place order for $52.42' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
  await page.getByRole('link', { name: 'View order' }).click()
  await page.getByText('Cancel order', { exact: true }).click()
  await page.getByRole('button', { name: 'Yes, cancel order' }).click()
  await page.getByText('This order is canceled.').waitFor()
  expect(withoutHttpErrors(window.pageErrors)).toEqual([])
})

test('of two guests who order the last copy, one gets it; the other sees why not and keeps the form values', async () => {
  const [one, other] = await Promise.all([site.openWindow(), site.openWindow()])
  for (const { page } of [one, other]) {
    await page.goto('/books/sf-001/solaris')
    await waitForHydration(page)
    await addToCart(page)
    await page.goto('/checkout')
    await waitForHydration(page)
    await fillAddress(page)
  }
  await one.page.getByRole('button', { name: 'Place order' }).click()
  await waitForHeading(one.page, ORDER_CONFIRMED)
  await other.page.getByRole('button', { name: 'Place order' }).click()
  const alert = other.page.getByRole('alert')
  await alert.getByText('“Solaris” is sold out.').waitFor()
  await expect.poll(() => other.page.getByLabel('Street address').inputValue()).toBe('1 Library Lane')
  expect(withoutHttpErrors([...one.pageErrors, ...other.pageErrors])).toEqual([])
  const { body } = await site.staff.get('/api/books/sf-001/stock')
  expect(body.stock_quantity).toBe(0)
})

test('a double click places one order, and the back button cannot place it again', async () => {
  const { page } = await site.openWindow()
  await page.goto('/books/fic-001/the-great-gatsby')
  await waitForHydration(page)
  await addToCart(page)
  await page.goto('/checkout')
  await waitForHydration(page)
  await fillAddress(page)
  await page.getByRole('button', { name: 'Place order' }).dblclick()
  await waitForHeading(page, ORDER_CONFIRMED)
  await page.goBack()
  await waitForHydration(page)
  await page.getByText('Your cart is empty.').waitFor()
  await page.goto('/orders')
  await expect.poll(() => page.getByRole('link', { name: 'Order from' }).count()).toBe(1)
})

test('a price that changed during checkout is shown, and the order is placed at the new total only after another click', async () => {
  const { page } = await site.openWindow()
  await page.goto('/books/poem-3/collected-poems-volume-4')
  await waitForHydration(page)
  await addToCart(page)
  await page.goto('/checkout')
  await waitForHydration(page)
  await fillAddress(page)
  await site.staff.call('PATCH', '/api/books/poem-3', { price: 20 })
  await page.getByRole('button', { name: 'Place order for $17.87' }).click()
  await page
    .getByRole('alert')
    .getByText('It was $17.87 when you opened this page, and is now $27.59.')
    .waitFor()
  await page.getByRole('button', { name: 'Place order for $27.59' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
})

test('a cart changed in another tab is shown in its new state, and the form values are kept', async () => {
  const { page } = await site.openWindow()
  await page.goto('/books/poem-5/collected-poems-volume-6')
  await waitForHydration(page)
  await addToCart(page)
  await page.goto('/checkout')
  await waitForHydration(page)
  await fillAddress(page)
  const tab = await page.context().newPage()
  await tab.goto('/books/tech-001/clean-code')
  await waitForHydration(tab)
  await addToCart(tab)
  await page.getByRole('button', { name: 'Place order' }).click()
  await page.getByRole('alert').getByText('Your cart has changed').waitFor()
  await expect.poll(() => page.getByLabel('Email').inputValue()).toBe('reader@example.com')
  await page.getByRole('region', { name: 'Order summary' }).getByText('Clean Code').waitFor()
})
