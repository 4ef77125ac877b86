import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD, totpCode } from '../../test/accounts.ts'
import { aBook, type Json, orderFor, type Shopper } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'
import { asFunction } from '../../test/table-rights.ts'
import { mailFolder } from '../composition/settings.ts'
import * as worker from '../notifications/worker.ts'
import * as erase from './erase.ts'

const sendDueMail = asFunction('Sweeper', worker.sendDueMail)
const resumeErasures = asFunction('Sweeper', erase.resumeErasures)
const erasePerson = asFunction('UserAccounts', erase.erasePerson)

const EMAIL = 'canary-mail@example.com'
const ADDRESS = {
  name: 'canary-name',
  street: 'canary-street 1',
  line2: 'canary-floor 3',
  city: 'canary-city',
  state: 'canary-state',
  postal_code: 'canary-99',
  phone: '+1-555-0198',
}
const OTHER_ADDRESS = {
  name: 'canary-other',
  street: 'canary-lane 2',
  city: 'canary-town',
  postal_code: 'canary-77',
  country: 'HK',
}

const order = async (who: Shopper): Promise<Json> => {
  await who.post('/api/cart/items', { book_id: 'tech-001' })
  const { body: cart } = await who.get('/api/cart')
  const body = orderFor(cart, { email: EMAIL, shipping_address: { ...ADDRESS, country: 'HK' } })
  return (await who.post('/api/orders', body, { 'idempotency-key': crypto.randomUUID() })).body
}

/** A customer with data in every place: profile, addresses, orders as guest and as account, cart, mails, factors. */
const openLife = async () => {
  const shop = await createAccountShop({ books: [aBook({ stock_quantity: 500 })] })
  const guest = shop.visitor()
  const asGuest = await order(guest)
  const jane = await shop.member(EMAIL)
  await jane.call('PATCH', '/api/users/me', {
    first_name: 'canary-first',
    last_name: 'canary-last',
    phone: '+1-555-0199',
    address: ADDRESS,
  })
  await jane.post('/api/users/me/addresses', OTHER_ADDRESS)
  const done = await order(jane)
  const open = await order(jane)
  for (const status of ['processing', 'shipped', 'delivered'])
    await shop.staff.post(`/api/orders/${done.order_id}/status`, { status })
  await jane.post('/api/cart/items', { book_id: 'tech-001' })
  const { body } = await jane.post('/api/auth/two-factor', { password: PASSWORD })
  await jane.post('/api/auth/two-factor/confirm', { code: totpCode(body.totp_uri) })
  await sendDueMail(shop.deps)
  await jane.post('/api/auth/password/forgot', { email: EMAIL })
  const remove = (password = PASSWORD) => jane.call('DELETE', '/api/users/me', { password })
  const folder = mailFolder(shop.deps.settings.dataDir)
  const mails = () => readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
  return { shop, jane, guest, asGuest, done, open, remove, mails }
}

test('a profile is read and changed, unknown fields are refused, and addresses are saved and removed', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  const change = (body: object) => jane.call('PATCH', '/api/users/me', body)
  expect((await change({ first_name: 'Jane', phone: '+1-555-0123', address: ADDRESS })).body).toMatchObject({
    email: EMAIL,
    first_name: 'Jane',
    address: ADDRESS,
  })
  expect((await change({ phone: null })).body.phone).toBeUndefined()
  expect((await jane.get('/api/users/me')).body).toMatchObject({ first_name: 'Jane' })
  for (const wrong of [
    { email: 'a@example.com' },
    { user_id: 'x' },
    { account_status: 'x' },
    { phone: 'abc' },
  ])
    expect((await change(wrong)).body.code, JSON.stringify(wrong)).toBe('invalid_request')
  expect((await change({ first_name: 'Jane\r\nBcc: all@example.com' })).body.code).toBe('invalid_request')
  const { address_id } = (await jane.post('/api/users/me/addresses', OTHER_ADDRESS)).body
  expect((await jane.get('/api/users/me/addresses')).body.items).toEqual([{ ...OTHER_ADDRESS, address_id }])
  const forget = (who: Shopper) => who.call('DELETE', `/api/users/me/addresses/${address_id}`)
  expect((await forget(await shop.account())).body.code).toBe('address_not_found')
  expect((await forget(jane)).status).toBe(204)
  expect((await jane.get('/api/users/me/addresses')).body.items).toEqual([])
  for (let i = 0; i < 20; i++) await jane.post('/api/users/me/addresses', OTHER_ADDRESS)
  expect((await jane.post('/api/users/me/addresses', OTHER_ADDRESS)).body.code).toBe('address_limit')
})

test('the export contains everything that the tables hold about the person, and no secret', async () => {
  const { shop, jane, asGuest, done } = await openLife()
  const answer = await jane.post('/api/users/me/export', { password: PASSWORD })
  expect(answer.headers.get('content-disposition')).toContain('attachment')
  const text = JSON.stringify(answer.body)
  const held = new Set([...(await dumpTables(shop)).matchAll(/canary-[a-z0-9-]+/g)].map(([canary]) => canary))
  expect(held.size).toBeGreaterThan(8)
  for (const canary of held) expect(text, canary).toContain(canary)
  expect(answer.body.orders.map((one: Json) => one.order_id)).toContain(asGuest.order_id)
  expect(answer.body.orders).toHaveLength(3)
  expect(answer.body.invoices).toMatchObject([{ order_id: done.order_id, kind: 'invoice' }])
  expect(text).not.toMatch(/argon2|backup_?codes|hashed:/i)
  // One style of names, and no time as a number.
  expect(
    [...text.matchAll(/"([A-Za-z_]+)":/g)].map(([, name]) => name).filter(name => /[A-Z]/.test(name ?? '')),
  ).toEqual([])
  expect(text).not.toMatch(/_at":\d/)
  for (const one of [...answer.body.carts, ...answer.body.orders]) expect(one.currency).toBe('USD')
})

test('deleting the account erases its data from tables and mails, except what orders must keep', async () => {
  const { shop, jane, guest, asGuest, done, open, remove, mails } = await openLife()
  expect((await remove('wrong password')).body.code).toBe('password_wrong')
  expect(mails().join('')).toContain('canary-mail')
  const other = shop.visitor()
  await shop.signIn(other, EMAIL)
  expect((await remove()).status).toBe(204)
  expect(jane.cookie() ?? '').not.toContain('cloudshelf_session')
  const orders = await readItems(shop, 'orders')
  const of = (id: string) => orders.find(one => one.order_id === id)
  // What is not delivered yet still has to arrive.
  expect(of(open.order_id).shipping_address.street).toBe('canary-street 1')
  expect(of(done.order_id).shipping_address).toEqual({ country: 'HK' })
  for (const { total, email, retain_until, items } of orders) {
    expect({ total, email, copies: items.length }).toEqual({ total: 52.42, email: undefined, copies: 1 })
    expect(retain_until).toMatch(/^20\d\d-\d\d-\d\d$/)
  }
  for (const { order_id } of [open, asGuest]) await shop.staff.post(`/api/orders/${order_id}/cancel`)
  // The last mail says so, and is the last to know the address.
  expect((await shop.mail()).map(({ to, subject }) => [to, subject])).toEqual([
    [EMAIL, 'Your account was deleted'],
  ])
  // The invoice of what was shipped has its name and address for as long as the law requires, and nothing else has.
  const held = (await dumpTables(shop)).split('\n').filter(row => /canary|555-0199/.test(row))
  expect(held).toHaveLength(1)
  expect(held[0]).toContain(`"S":"order#${done.order_id}"`)
  expect(held[0]).not.toMatch(/canary-mail|555-0199/)
  const path = `/api/orders/${done.order_id}/invoices`
  expect((await shop.staff.get(path)).body.items).toEqual([])
  const admin = await shop.account({ role: 'admin' })
  const [{ number }] = (await admin.get(path)).body.items
  expect((await admin.get(`${path}/${number}`)).status).toBe(200)
  expect((await shop.staff.get(`${path}/${number}`)).body.code).toBe('invoice_not_found')
  expect(mails().join('')).not.toContain('canary')
  expect((await guest.get(`/api/orders/${asGuest.order_id}`)).status).toBe(200)
  expect(shop.reportedErrors).toEqual([])
})

test('mails to other emails of the person are deleted too: of orders, and of the previous email', async () => {
  const { shop, jane, remove, mails } = await openLife()
  await jane.post('/api/cart/items', { book_id: 'tech-001' })
  const { body: cart } = await jane.get('/api/cart')
  const atWork = orderFor(cart, { email: 'canary-at-work@example.com' })
  await jane.post('/api/orders', atWork, { 'idempotency-key': crypto.randomUUID() })
  await sendDueMail(shop.deps)
  await jane.post('/api/auth/email/change', { email: 'canary-new@example.com', password: PASSWORD })
  const [token] = await shop.tokens('confirm-address')
  expect((await jane.post('/api/auth/email/confirm', { token })).status).toBe(204)
  await sendDueMail(shop.deps)
  expect(mails().join('')).toMatch(/canary-at-work/)
  expect(mails().join('')).toMatch(/To: canary-mail@/)
  const other = await shop.member('somebody@example.com')
  await other.post('/api/auth/password/forgot', { email: 'somebody@example.com' })
  await sendDueMail(shop.deps)
  expect((await remove()).status).toBe(204)
  expect(mails().join('')).not.toMatch(/canary-(at-work|new)/)
  // Orders as a guest under the address before are no longer this account's.
  expect(
    mails()
      .filter(mail => mail.includes('canary-mail'))
      .every(mail => mail.includes('order-')),
  ).toBe(true)
  expect(mails().join('')).toContain('somebody@example.com')
})

test('the email can sign up again, and the new account sees nothing of the old one', async () => {
  const { shop, remove } = await openLife()
  await remove()
  await shop.mail()
  const again = await shop.member(EMAIL)
  expect((await again.get('/api/users/me')).body.email).toBe(EMAIL)
  expect((await again.get('/api/orders')).body.items).toEqual([])
  expect((await again.get('/api/cart')).body.item_count).toBe(0)
})

test('the mail about an erasure is sent, although the erasure is repeated while it waits', async () => {
  const { shop, remove } = await openLife()
  await remove()
  expect(await resumeErasures(shop.deps, { again: true })).toBe(1)
  const told = (await shop.mail()).filter(({ subject }) => subject === 'Your account was deleted')
  expect(told.map(({ to }) => to)).toEqual([EMAIL])
})

test('an erasure that is interrupted at any write is finished by the next attempt, and can be repeated', async () => {
  const { shop, jane } = await openLife()
  const { user_id } = (await jane.get('/api/users/me')).body
  const { db } = shop.deps
  const { transact } = db
  let left = 0
  for (let allowed = 1; ; allowed++) {
    left = allowed
    const dying: typeof transact = async writes => {
      if (left-- <= 0) throw new Error('the shop is killed')
      return transact(writes)
    }
    Object.assign(db, { transact: dying })
    const erasing = allowed === 1 ? erasePerson(shop.deps, user_id) : resumeErasures(shop.deps)
    const finished = await erasing.then(
      () => true,
      () => false,
    )
    Object.assign(db, { transact })
    if (finished) break
    expect(allowed).toBeLessThan(40)
  }
  expect(await readItems(shop, 'carts')).toEqual([])
  // Told once, however often it was interrupted.
  expect((await shop.mail()).map(({ to, subject }) => [to, subject])).toEqual([
    [EMAIL, 'Your account was deleted'],
  ])
  expect((await dumpTables(shop)).match(/canary-mail/g)).toBeNull()
  expect(await resumeErasures(shop.deps)).toBe(0)
  expect(await resumeErasures(shop.deps, { again: true })).toBe(1)
  expect(await shop.mail()).toEqual([])
})
