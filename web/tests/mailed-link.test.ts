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
  return (await checkOut(guest, 'k', { email: EMAIL })).body.order_number
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

/** Path of the page of the order in the newest confirmation. */
const viewLink = async (): Promise<string> => {
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...site.deps, transport })
  const text = mails.find(({ id }) => id.includes('#order_confirmed'))?.text ?? ''
  const link = /(\/orders\/[\w-]+\/view\?token=[\w-]{43})/.exec(text)?.[1]
  if (link === undefined) throw new Error('no link was emailed')
  return link
}

test('the link in a confirmation shows the order as often as it is opened, and leads to a link that cancels it', async () => {
  const number = await placeOrder()
  const path = await viewLink()
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  for (let i = 0; i < 3; i++) {
    await page.goto(path)
    await page.getByText(number).waitFor()
  }
  await page.getByRole('link', { name: 'Cancel order' }).click()
  await expect.poll(() => page.getByLabel('Order number').inputValue()).toBe(number)
  await page.getByLabel('Email').fill(EMAIL)
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByText('If we find a matching order').waitFor()
  await page.goto(await mailedLink())
  await page.getByText('Cancel order', { exact: true }).click()
  await page.getByRole('button', { name: 'Yes, cancel order' }).click()
  await page.getByText('This order is canceled').waitFor()
  await page.goto(path)
  await page.getByText('This order is canceled').waitFor()
  expect(await page.getByRole('link', { name: 'Cancel order' }).count()).toBe(0)
})

test('the page of a link is not cached, indexed or named as a referrer, and an ended link offers another', async () => {
  await placeOrder()
  const path = await viewLink()
  for (const url of [
    path,
    path.replace(/.$/, 'x').replace('token=', 'token=A').slice(0, -1),
    path.slice(0, -5),
  ]) {
    const { headers } = await fetch(`${site.url}${url}`)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toBe('noindex')
  }
  const ended = await fetch(`${site.url}${path.replace(/token=.*/, `token=${'A'.repeat(43)}`)}`)
  expect(ended.status).toBe(404)
  const text = await ended.text()
  expect(text).toContain('<meta name="robots" content="noindex"/>')
  expect(text).toContain('This link no longer shows your order')
  expect(text).toContain('href="/orders/find"')
})

test('a mail about an account’s order leads to sign-in, and from there to the order', async () => {
  const account = await site.account({ email: 'ada@example.com' })
  await account.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id, order_number } = (await checkOut(account)).body
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  const path = `/sign-in?next=${encodeURIComponent(`/orders/${order_id}`)}`
  await page.goto(path)
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  const [name = '', value = ''] =
    (account.cookie() ?? '')
      .split('; ')
      .find(one => one.includes('session'))
      ?.split('=') ?? []
  await page.context().addCookies([{ name, value, url: site.url }])
  await page.goto(path)
  await page.getByText(order_number).waitFor()
})
