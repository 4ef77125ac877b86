import { expect, test } from 'vitest'
import { sendDueMail } from '#src/notifications/worker.ts'
import { checkOut } from '../../test/kit.ts'
import { createMailCapture } from '../../test/mail.ts'
import { books } from './books.ts'
import { startSite } from './site.ts'

const site = await startSite({ books })
const EMAIL = 'customer@example.com'

/** Places an order; its number. */
const placeOrder = async (): Promise<string> => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  return (await checkOut(guest)).body.order_number
}

/** Path of the newest emailed link. */
const mailedLink = async (): Promise<string> => {
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...site.deps, transport })
  const link = /(\/orders\/open\?token=[\w-]{43})/.exec(
    mails.find(({ id }) => id.includes('#order_link'))?.text ?? '',
  )
  if (!link?.[1]) throw new Error('no link was emailed')
  return link[1]
}

test('an order can be opened on another device by an emailed link that works once', async () => {
  const number = await placeOrder()
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/orders/find')
  await page.getByLabel('Order number').fill('17')
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByText('Enter the order number from our email').waitFor()
  await page.getByLabel('Order number').fill(number.toLowerCase().replace('-', ' '))
  await page.getByLabel('Email').fill(EMAIL)
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByText('If we find a matching order').waitFor()
  const path = await mailedLink()
  for (let i = 0; i < 2; i++) await page.goto(path)
  await page.getByRole('button', { name: 'View order' }).waitFor()
  expect(await page.getByText(number).count()).toBe(0)
  await page.getByRole('button', { name: 'View order' }).click()
  await page.getByText(number).waitFor()
  await page.goto(path)
  await page.getByRole('button', { name: 'View order' }).click()
  await page.getByText('This link has already been used').waitFor()
})

test('the response does not reveal whether an order exists', async () => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/orders/find')
  await page.getByLabel('Order number').fill('7k3m2 qx8vd')
  await page.getByLabel('Email').fill(EMAIL)
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByText('If we find a matching order').waitFor()
})

test('the page of an emailed link is not cached, and an invalid token gets an error page', async () => {
  const get = (path: string) => fetch(`${site.url}${path}`)
  const post = (token: string) =>
    fetch(`${site.url}/orders/open`, { method: 'POST', body: new URLSearchParams({ token }) })
  const page = await get(`/orders/open?token=${'A'.repeat(43)}`)
  expect(page.status).toBe(200)
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  for (const wrong of ['', '?token=', '?token=<script>alert(1)</script>', `?token=${'x'.repeat(44)}`]) {
    const refused = await get(`/orders/open${wrong}`)
    expect([wrong, refused.status]).toEqual([wrong, 400])
    expect(await refused.text()).not.toContain('<script>alert')
  }
  expect((await post('x')).status).toBe(400)
  expect((await post('A'.repeat(43))).status).toBe(404)
  expect((await post('A'.repeat(70_000))).status).toBe(413)
})
