/** Paying for an order on a payment page: what shoppers see of it, with and without scripts. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { onCleanup } from '../../test/cleanup.ts'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { books } from './books.ts'
import {
  addToCart,
  expectNoPageErrors,
  fillAddress,
  ORDER_CONFIRMED,
  startSite,
  type Window,
  waitForHeading,
  waitForHydration,
} from './site.ts'

/** The host of the payment pages: each has ways back after paying, and without having paid. */
const payServer = createServer(({ url = '' }, response) => {
  const { cancelUrl, returnUrl } = sessionAt(url).checkout
  const body = `<title>Pay</title><h1>Pay</h1><a href="${returnUrl}">Done</a><a href="${cancelUrl}">Back</a>`
  response.setHeader('content-type', 'text/html').end(body)
})
payServer.listen(0, '127.0.0.1')
await once(payServer, 'listening')
onCleanup(() => new Promise<void>(done => payServer.close(() => done())))
const payOrigin = `http://127.0.0.1:${(payServer.address() as AddressInfo).port}`
const provider = createFakeProvider(undefined, undefined, payOrigin)
/** The session of a payment page. */
const sessionAt = (url: string) => {
  const session = provider.sessions.get(url.split('/').at(-1) ?? '')
  if (!session) throw new Error(`no payment page ${url}`)
  return session
}

const site = await startSite({
  books,
  providers: [provider],
  paymentOrigins: [payOrigin],
  env: {
    PAYMENT_METHODS: 'stripe,invoice,transfer,collection',
    BANK_DETAILS: 'Corner Books Ltd.; IBAN DE02 1203 0000 0000 2020 51',
    COLLECTION: 'on',
    SHOP_ADDRESS: '7 Quiet Row; Anytown, NY 12345',
    UNPAID_LIMIT_NETWORK: '500',
  },
})

type Options = { readonly scripts?: boolean }

/** A window of a shopper with a book at checkout. */
const atCheckout = async ({ scripts = false }: Options = {}): Promise<Window> => {
  const window = await site.openWindow({ javaScriptEnabled: scripts })
  const { page } = window
  await page.goto('/books/tech-001/clean-code')
  await addToCart(page)
  await page.goto('/checkout')
  await waitForHydration(page)
  return window
}

let shoppers = 0
const newEmail = (): string => `reader-${++shoppers}@example.com`

const fillForm = async (page: Page): Promise<void> => {
  await fillAddress(page)
  await page.getByLabel('Email').fill(newEmail())
}

const toPaymentPage = async (page: Page): Promise<ReturnType<typeof sessionAt>> => {
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await waitForHeading(page, 'Pay')
  return sessionAt(page.url())
}

/** Requests for the payment page are the only ones to another host. */
const withoutPaymentPage = ({ page, pageErrors }: Window): Window => ({
  page,
  pageErrors: pageErrors.filter(text => !text.startsWith(`asked ${payOrigin}`)),
})

test.each([{ scripts: true }, { scripts: false }])(
  'an order is paid on the payment page, %o',
  async options => {
    const window = await atCheckout(options)
    const { page } = window
    await fillForm(page)
    const { ref } = await toPaymentPage(page)
    provider.pay(ref)
    await page.getByRole('link', { name: 'Done' }).click()
    await waitForHeading(page, ORDER_CONFIRMED)
    await page.getByText('It’s paid.').waitFor()
    await page.getByRole('link', { name: 'View order' }).click()
    await page.getByText('Paid online').waitFor()
    expect(await page.locator('main').textContent()).not.toMatch(/invoice/i)
    expectNoPageErrors(withoutPaymentPage(window))
  },
)

test('a shopper who gives up keeps cart and copies, and can choose the invoice instead', async () => {
  const { page } = await atCheckout()
  await fillForm(page)
  const { ref } = await toPaymentPage(page)
  await page.getByRole('link', { name: 'Back' }).click()
  await waitForHeading(page, 'Your payment isn’t finished yet')
  await page.getByText('Nothing was charged.').waitFor()
  await page.getByRole('link', { name: 'Continue to payment' }).click()
  await waitForHeading(page, 'Pay')
  await page.getByRole('link', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Choose another way to pay' }).click()
  await waitForHeading(page, 'Checkout')
  expect(provider.pay(ref)).toBe(false)
  await fillForm(page)
  await page.getByRole('radio', { name: 'Invoice' }).check()
  await page.getByRole('button', { name: 'Place order' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
  await page.getByText('The invoice comes by email.').waitFor()
})

test('a shopper who closes the tab finds the payment at checkout, and one that has arrived there', async () => {
  const { page } = await atCheckout()
  await fillForm(page)
  const { ref } = await toPaymentPage(page)
  await page.goto('/checkout')
  await page.getByRole('link', { name: 'View payment' }).click()
  await waitForHeading(page, 'Your payment isn’t finished yet')
  provider.pay(ref)
  await page.goto('/checkout')
  await page.getByRole('link', { name: 'View payment' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
})

test('who checks out again after having paid is led to the order, and pays once', async () => {
  const { page } = await atCheckout()
  await fillForm(page)
  const { ref } = await toPaymentPage(page)
  await page.goto('/checkout')
  await fillForm(page)
  provider.pay(ref)
  const before = provider.sessions.size
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('You’ve already paid for this order').waitFor()
  await alert.getByRole('link', { name: 'View order' }).click()
  await page.getByText('Paid online').waitFor()
  expect(provider.sessions.size).toBe(before)
})

test('two clicks open one payment page', async () => {
  const { page } = await atCheckout({ scripts: true })
  await fillForm(page)
  const before = provider.sessions.size
  await page.getByRole('button', { name: 'Continue to payment' }).dblclick()
  await waitForHeading(page, 'Pay')
  expect(provider.sessions.size).toBe(before + 1)
})

test('a provider that does not answer costs neither what was entered nor the cart', async () => {
  const { page } = await atCheckout()
  await fillForm(page)
  provider.faults.set('open', 'before')
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await page.getByRole('alert').getByText('This payment method isn’t working right now').waitFor()
  provider.faults.clear()
  expect(await page.getByLabel('Street address').inputValue()).toBe('1 Library Lane')
  await page.getByRole('radio', { name: 'Bank transfer' }).check()
  await page.getByRole('button', { name: 'Place order' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
  await page.getByText('IBAN DE02 1203 0000 0000 2020 51').waitFor()
  const number = await page.getByText(/^Reference: /).textContent()
  await page.getByRole('link', { name: 'View order' }).click()
  await page.getByText(number ?? '').waitFor()
})

test.each([{ scripts: true }, { scripts: false }])(
  'an order that is collected asks for no address, %o',
  async options => {
    const { page } = await atCheckout(options)
    const summary = page.getByRole('region', { name: 'Order summary' })
    await page.getByLabel('Ship to an address').waitFor()
    expect(await page.getByLabel('In the shop', { exact: true }).first().isDisabled()).toBe(true)
    await page.getByLabel('Collect in the shop').check()
    await vi.waitFor(async () => expect(await page.getByLabel('Street address').isVisible()).toBe(false))
    await page.getByLabel('Email').fill(newEmail())
    await page.locator('#collector_name').fill('Ada Reader')
    await page.locator('#payment_method_collect-collection').check()
    const button = summary.getByRole('button', { name: 'Place order' })
    await button.click()
    await page.getByRole('alert').getByRole('link', { name: 'Enter a valid phone number' }).waitFor()
    expect(await page.getByLabel('Collect in the shop').isChecked()).toBe(true)
    expect(await page.locator('#payment_method_collect-collection').isChecked()).toBe(true)
    await page.locator('#collector_phone').fill('+1 212 555 0100')
    const total = (await button.textContent())?.match(/\$[\d.]+/)?.[0] ?? ''
    await button.click()
    await waitForHeading(page, ORDER_CONFIRMED)
    await page.getByText(`Your total is ${total}. You pay when you collect your books.`).waitFor()
    await page.getByText('7 Quiet Row').first().waitFor()
  },
)

test('the page after paying refreshes itself some times, and then says what will be mailed', async () => {
  const { page } = await atCheckout()
  await fillForm(page)
  const { checkout } = await toPaymentPage(page)
  const cookies = await page.context().cookies(site.url)
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const load = async (query: string) => {
    const response = await fetch(`${checkout.returnUrl}${query}`, { headers: { cookie }, redirect: 'manual' })
    const text = await response.text()
    const [, next] = /http-equiv="refresh" content="2; url=[^"?]+(\?[^"]+)"/.exec(text) ?? []
    return { response, text, next }
  }
  let answer = await load('')
  expect(answer.response.headers.get('cache-control')).toBe('no-store')
  expect(answer.text).toContain('<meta name="robots" content="noindex"/>')
  for (let refreshes = 1; refreshes <= 5; refreshes++) {
    expect(answer.next).toBe(`?refreshes=${refreshes}`)
    answer = await load(answer.next ?? '')
  }
  expect(answer.next).toBeUndefined()
  expect(answer.text).toContain('we’ll email you a confirmation')
  provider.faults.set('look', 'before')
  answer = await load('')
  provider.faults.clear()
  expect([answer.response.status, answer.next]).toEqual([503, '?refreshes=1'])
})

test('the page after paying says where else money or order may be', async () => {
  const window = await atCheckout()
  const { page } = window
  await fillForm(page)
  const session = await toPaymentPage(page)
  provider.processing(session.ref)
  await page.getByRole('link', { name: 'Done' }).click()
  await waitForHeading(page, 'Your payment is on its way')
  provider.fail(session.ref)
  await page.getByRole('link', { name: 'Check again' }).click()
  await waitForHeading(page, 'This payment has ended')
  await page.getByRole('link', { name: 'Back to checkout' }).click()
  await waitForHeading(page, 'Checkout')
  await fillForm(page)
  const second = await toPaymentPage(page)
  provider.pay(second.ref, 100)
  await page.getByRole('link', { name: 'Done' }).click()
  await waitForHeading(page, 'We’re refunding your payment')
  const stranger = await site.openWindow({ javaScriptEnabled: false })
  const answer = await stranger.page.goto(second.checkout.returnUrl)
  expect(answer?.status()).toBe(404)
  await waitForHeading(stranger.page, 'We don’t find this payment in this browser')
})

test('only the page of checkout may lead to the payment page', async () => {
  const { page } = await atCheckout()
  const policyOf = async (path: string) =>
    (await page.goto(path))?.headers()['content-security-policy']?.match(/form-action [^;]+/)?.[0]
  expect(await policyOf('/checkout')).toBe(`form-action 'self' ${payOrigin}`)
  expect(await policyOf('/cart')).toBe("form-action 'self'")
})
