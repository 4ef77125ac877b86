/** Payments on the staff pages: the lists, money that is recorded, refunds and reviews. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { checkOut } from '../../test/kit.ts'
import { books } from './books.ts'
import { startSite, waitForHeading, waitForHydration } from './site.ts'

const DAY_MS = 86_400_000
let daysAgo = 0
const now = () => new Date(Date.now() - daysAgo * DAY_MS)
const provider = createFakeProvider(now)
const site = await startSite({
  books,
  now,
  providers: [provider],
  env: { PAYMENT_METHODS: 'invoice,stripe' },
})
const colleague = await site.account({ role: 'staff' })

const staffPage = async (javaScriptEnabled = false): Promise<Page> => {
  const { page } = await site.openWindow({ javaScriptEnabled })
  const [name = '', value = ''] = (colleague.cookie() ?? '').split('=')
  await page.context().addCookies([{ name, value, url: site.url }])
  return page
}

let customers = 0
/** Checks out copies of Clean Code; the id of the order, or of the one that a payment would make. */
const order = async (quantity: number, method: string, pay?: (ref: string) => void): Promise<string> => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001', quantity })
  const email = `customer-${++customers}@example.com`
  const { body } = await checkOut(guest, 'k', { email, payment_method: method })
  if (pay) {
    pay(provider.session(body.order_id).ref)
    await guest.get(`/api/checkouts/${body.checkout_id}`)
  }
  return body.order_id
}
const orderPaid = (quantity: number) => order(quantity, 'stripe', ref => provider.pay(ref))

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const stock = async (): Promise<number> =>
  (await site.staff.get('/api/books/tech-001/stock')).body.stock_quantity
const paymentOf = async (id: string) => (await site.staff.get(`/api/orders/${id}/payments`)).body

for (const scripts of [true, false])
  test(`copies are refunded once the amount was agreed to, and go back into stock; scripts: ${scripts}`, async () => {
    const id = await orderPaid(2)
    const left = await stock()
    const page = await staffPage(scripts)
    await page.goto(`/staff/orders/${id}`)
    await waitForHydration(page)
    await page.getByText('Refund', { exact: true }).first().click()
    await page.getByLabel('Copies of Clean Code to refund').fill('1')
    await page.getByLabel('Put the refunded copies of Clean Code back into stock').check()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Came damaged')
    await press(page, 'Review refund')
    await page.getByText('1 copy goes back into stock.').waitFor()
    expect((await paymentOf(id)).payment.refunded).toBe(0)
    const button = page.getByRole('button', { name: /^Refund \$/ })
    const shown = Number((await button.textContent())?.replace('Refund $', ''))
    await button.click()
    await page.getByText('Refund made.').waitFor()
    await page.getByText('Refunded, Came damaged').waitFor()
    expect((await paymentOf(id)).payment.refunded).toBe(shown)
    expect(await stock()).toBe(left + 1)
  })

test('a refund that is sent again is made once, and one that is too large is refused', async () => {
  const id = await orderPaid(1)
  const page = await staffPage()
  await page.goto(`/staff/orders/${id}`)
  await page.getByText('Refund', { exact: true }).first().click()
  await page.getByRole('textbox', { name: 'Or an amount' }).fill('1000')
  await press(page, 'Review refund')
  await page.getByRole('alert').getByText('This is more than can still be refunded.').waitFor()
  const amount = page.getByRole('textbox', { name: 'Or an amount' })
  expect(await amount.inputValue()).toBe('1000')
  await amount.fill('5')
  await press(page, 'Review refund')
  const form = page.getByRole('button', { name: 'Refund $5.00' })
  await form.waitFor()
  const fields = await page
    .locator('form:has(button[value="refund"]) input')
    .evaluateAll(inputs =>
      inputs.map(input => [(input as HTMLInputElement).name, (input as HTMLInputElement).value]),
    )
  for (let clicks = 0; clicks < 2; clicks++) {
    const answer = await fetch(`${site.url}/staff/orders/${id}`, {
      method: 'POST',
      headers: { cookie: colleague.cookie() ?? '', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams([...fields, ['intent', 'refund']] as string[][]),
    })
    expect(answer.status).toBe(200)
  }
  const { payment, refunds } = await paymentOf(id)
  expect([payment.refunded, refunds.length]).toEqual([5, 1])
})

test('money for an invoice is recorded, after which it is due no more', async () => {
  daysAgo = 20
  const id = await order(1, 'invoice')
  daysAgo = 0
  const page = await staffPage()
  await page.goto('/staff')
  await page.getByRole('link', { name: 'Payments' }).click()
  await waitForHeading(page, 'Payments')
  await page.getByRole('link', { name: 'Due', exact: true }).click()
  await page.getByRole('link', { name: 'Overdue only' }).click()
  const row = page.locator(`a[href="/staff/orders/${id}"]`)
  expect(await row.textContent()).toContain('6 days overdue')
  await row.click()
  await page.getByText('Record a payment').first().click()
  await page.getByLabel('How it was paid').selectOption('Bank transfer')
  await page.getByLabel('Reference').fill('statement 7')
  await press(page, 'Record a payment')
  await page.getByText('Payment recorded.').waitFor()
  await page.getByText('Payment, Bank transfer, statement 7').waitFor()
  await page.goto('/staff/payments?state=due&overdue=')
  await page.getByText('No payments are due.').waitFor()
})

test('a cancellation says what is given back', async () => {
  const id = await orderPaid(1)
  const page = await staffPage()
  await page.goto(`/staff/orders/${id}?confirm=cancelled`)
  const text = await page.getByRole('region', { name: 'Cancel this order?' }).textContent()
  const { payment } = await paymentOf(id)
  expect(text).toContain(`$${payment.paid.toFixed(2)} is refunded the way it was paid.`)
  await press(page, 'Cancel order')
  await page.getByText('Order updated.').waitFor()
  expect((await paymentOf(id)).payment).toMatchObject({ refunded: payment.paid, refundable: 0 })
})

test('money that could not become an order is given back from the list of reviews', async () => {
  const id = await order(1, 'stripe', ref => provider.pay(ref, 100))
  const page = await staffPage()
  await page.goto('/staff/payments')
  const row = page.locator(`a[href="/staff/orders/${id}"]`)
  expect(await row.textContent()).toContain('No order')
  await row.click()
  await page.getByText('This payment has no order.').waitFor()
  await press(page, 'Refund $1.00')
  await page.getByText('The review has ended.').waitFor()
  expect((await paymentOf(id)).payment.refunded).toBe(1)
  await page.goto('/staff/payments')
  await page.getByText('No payments to review.').waitFor()
})
