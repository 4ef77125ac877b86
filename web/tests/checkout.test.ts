/** What the checkout says beside its form, and what is shown of the order afterwards. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { books } from './books.ts'
import { addToCart, fillAddress, ORDER_CONFIRMED, startSite, waitForHeading } from './site.ts'

const terms = join(temporaryFolder(), 'terms.md')
writeFileSync(terms, '# Terms\n\nBooks for money.')
const site = await startSite({ books, env: { TERMS_FILE: terms, DELIVERY_TIME: '2 to 4 business days' } })

const atCheckout = async (cookie?: string): Promise<Page> => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  if (cookie !== undefined) {
    const cookies = cookie.split('; ').map(pair => {
      const at = pair.indexOf('=')
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: site.url }
    })
    await page.context().addCookies(cookies)
  }
  await page.goto('/books/tech-001/clean-code')
  await addToCart(page)
  await page.goto('/checkout')
  return page
}

const placeOrder = async (page: Page, email: string): Promise<void> => {
  await fillAddress(page)
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Place order' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
}

const amountNames = (page: Page): Promise<string[]> => page.locator('.totals dt').allTextContents()
const NAMES = ['Subtotal', 'Tax', 'Shipping', 'Total']

test('a guest is shown the way to sign in, the delivery time and the legal pages that the shop has', async () => {
  const page = await atCheckout()
  await page.getByText('Delivery time: 2 to 4 business days').waitFor()
  const summary = page.getByRole('region', { name: 'Order summary' })
  expect(await summary.getByRole('link', { name: 'Terms of sale' }).getAttribute('href')).toBe('/terms')
  expect(await summary.getByRole('link', { name: 'Cookies and your data' }).getAttribute('href')).toBe(
    '/privacy',
  )
  expect(await amountNames(page)).toEqual(NAMES)
  await page.getByRole('link', { name: 'Already have an account? Sign in' }).click()
  await waitForHeading(page, 'Sign in')
  expect(new URL(page.url()).searchParams.get('next')).toBe('/checkout')
})

test('a guest with more unpaid books than a network may order is told what to do, and keeps form and cart', async () => {
  const site = await startSite({ books, env: { UNPAID_LIMIT_NETWORK: '1' } })
  const order = async () => {
    const { page } = await site.openWindow({ javaScriptEnabled: false })
    await page.goto(`${site.url}/books/tech-001/clean-code`)
    await addToCart(page)
    await page.goto(`${site.url}/checkout`)
    await fillAddress(page)
    await page.getByLabel('Email').fill('jane@example.com')
    await page.getByRole('button', { name: 'Place order' }).click()
    return page
  }
  await waitForHeading(await order(), ORDER_CONFIRMED)
  const page = await order()
  const alert = page.getByRole('alert')
  await alert.getByText('Please sign in to order now').waitFor()
  expect(await alert.textContent()).toContain('up to 1 book that we haven’t shipped yet')
  expect(await alert.getByRole('link').allTextContents()).toEqual([
    'Sign in',
    'Create an account',
    'Contact us',
  ])
  expect(await page.getByLabel('Email').inputValue()).toBe('jane@example.com')
  await page.goto(`${site.url}/cart`)
  await page.getByText('Clean Code').first().waitFor()
})

test('who is signed in is not asked to sign in', async () => {
  const page = await atCheckout((await site.account()).cookie())
  await page.getByRole('button', { name: 'Place order' }).waitFor()
  expect(await page.getByRole('link', { name: 'Already have an account? Sign in' }).count()).toBe(0)
})

test('the email is shown as it was typed, with the letters of its domain', async () => {
  const page = await atCheckout()
  await placeOrder(page, 'kunde@bücher-laden.example')
  await page.getByText('We’re sending a confirmation to kunde@bücher-laden.example.').waitFor()
  await page.getByText('Delivery time: 2 to 4 business days.').waitFor()
  await page.getByRole('link', { name: 'View order' }).click()
  await page.getByText('kunde@bücher-laden.example').waitFor()
  expect(await page.content()).not.toContain('xn--')
  expect(await amountNames(page)).toEqual(NAMES)
})

test('a canceled order no longer speaks of an invoice, nor does its confirmation', async () => {
  const page = await atCheckout()
  await placeOrder(page, 'reader@example.com')
  const confirmation = page.url()
  await page.getByRole('link', { name: 'View order' }).click()
  await page.getByText('By invoice, which comes by email').waitFor()
  await page.getByText('Cancel order', { exact: true }).click()
  await page.getByRole('button', { name: 'Yes, cancel order' }).click()
  await page.getByText('This order is canceled.').waitFor()
  await page.getByText('Nothing to pay', { exact: true }).waitFor()
  expect(await page.locator('main').textContent()).not.toMatch(/invoice/i)
  await page.goto(confirmation)
  await waitForHeading(page, 'Your order is canceled')
  expect(await page.locator('main').textContent()).not.toMatch(/invoice/i)
})
