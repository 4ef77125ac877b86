import { expect, test } from 'vitest'
import { mailShop, sink } from '../notifications/testing.ts'
import { sendDueMail } from '../notifications/worker.ts'

const EVIL = '<script>alert(1)</script>'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** The page of a link that came by mail. */
const mailedLink = async () => {
  const shop = await mailShop()
  const { order_id } = await shop.place({
    shipping_address: { street: EVIL, city: 'Anytown', state: 'ST', postal_code: '12345', country: 'US' },
  })
  const visitor = shop.visitor()
  await visitor.post('/api/orders/lookup', { order_id, email: 'customer@example.com' })
  const { mails, transport } = sink()
  await sendDueMail({ ...shop.deps, transport })
  const link = /http:\/\/localhost:3000(\/orders\/open\?token=([\w-]{43}))/.exec(
    mails.find(mail => mail.id.includes('#order_link'))?.text ?? '',
  )
  if (!link?.[1] || !link[2]) throw new Error('no link came')
  return { path: link[1], token: link[2], order_id, visitor }
}

test('the link of the mail leads to a page whose button shows the order, once, however often the page is fetched', async () => {
  const { path, token, order_id, visitor } = await mailedLink()
  for (let i = 0; i < 3; i++) {
    const page = await visitor.get(path)
    expect(page.status).toBe(200)
    expect(page.body).toContain(`value="${token}"`)
    expect(page.body).not.toContain('Clean Code')
  }
  const shown = await visitor.post('/orders/open', `token=${token}`, FORM)
  expect(shown.status).toBe(200)
  for (const word of [order_id, 'Clean Code', '52.42 USD', 'confirmed', ', Anytown, ST, 12345, US'])
    expect(shown.body).toContain(word)
  expect(shown.body).not.toContain(EVIL)
  const again = await visitor.post('/orders/open', `token=${token}`, FORM)
  expect(again.status).toBe(404)
  expect(again.body).not.toContain('Clean Code')
})

test('the page is kept by nobody, framed by nobody, and tells no other site its address', async () => {
  const { path, token, visitor } = await mailedLink()
  for (const { headers } of [
    await visitor.get(path),
    await visitor.post('/orders/open', `token=${token}`, FORM),
  ]) {
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
  }
})

test('what is no token of a link gets a page that says so, and long bodies none', async () => {
  const { visitor } = await mailedLink()
  for (const wrong of ['', '?token=', `?token=${EVIL}`, `?token=${'x'.repeat(44)}`]) {
    const page = await visitor.get(`/orders/open${wrong}`)
    expect([wrong, page.status]).toEqual([wrong, 400])
    expect(page.body).not.toContain(EVIL)
  }
  expect((await visitor.post('/orders/open', 'token=x', FORM)).status).toBe(400)
  expect((await visitor.post('/orders/open', `token=${'A'.repeat(43)}`, FORM)).status).toBe(404)
  expect((await visitor.post('/orders/open', `token=${'A'.repeat(2_000)}`, FORM)).status).toBe(413)
})
