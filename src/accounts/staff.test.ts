import { expect, test } from 'vitest'
import { createAccountShop, totpCode } from '../../test/accounts.ts'
import { aBook, type Shopper } from '../../test/kit.ts'
import { auditOfDay, auditTrail } from '../core/audit.ts'
import { dayOf } from '../core/ids.ts'
import { grantRole, listStaff, revokeRole } from './staff.ts'

const EMAIL = 'owner@example.com'
const NEW_PASSWORD = 'some other quiet words'

const enrol = async (who: Shopper): Promise<void> => {
  const { body } = await who.post('/api/auth/two-factor', { password: NEW_PASSWORD })
  await who.post('/api/auth/two-factor/confirm', { code: totpCode(body.totp_uri) })
}

test('an invited admin sets a password by the link, and has staff rights after adding a second factor', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const { link, user_id } = await grantRole(shop.deps, 'the tests', EMAIL, 'admin')
  const token = new URL(link).searchParams.get('token')
  expect(await listStaff(shop.deps)).toEqual([{ user_id, email: EMAIL, role: 'admin' }])
  const owner = shop.visitor()
  expect((await shop.signIn(owner, EMAIL)).status).toBe(401)
  const reset = () => owner.post('/api/auth/password/reset', { token, password: NEW_PASSWORD })
  expect((await reset()).status).toBe(204)
  expect((await reset()).body.code).toBe('link_invalid')
  expect((await shop.signIn(owner, EMAIL, NEW_PASSWORD)).status).toBe(200)
  const sell = () => owner.call('PATCH', '/api/books/tech-001', { price: 39.99 })
  expect(await sell()).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  await enrol(owner)
  expect((await owner.get('/api/auth/session')).body).toMatchObject({ role: 'admin', second_factor: true })
  expect((await sell()).status).toBe(200)
})

test('ten concurrent role grants create one account', async () => {
  const shop = await createAccountShop()
  const given = await Promise.all(
    Array.from({ length: 10 }, (_, i) => grantRole(shop.deps, `clerk ${i}`, EMAIL, 'staff')),
  )
  expect(new Set(given.map(({ user_id }) => user_id)).size).toBe(1)
  expect((await listStaff(shop.deps)).map(({ email }) => email)).toEqual([EMAIL])
  const users = []
  for await (const page of shop.deps.db.scan(shop.names.users)) users.push(...page)
  expect(users.filter(({ email }) => email === EMAIL)).toHaveLength(1)
})

test('granting or revoking a role ends every session, and rights are gone at the next request', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const staff = await shop.account({ role: 'staff' })
  const look = () => staff.get('/api/books/tech-001/stock')
  expect((await look()).status).toBe(200)
  expect(await revokeRole(shop.deps, 'the tests', staff.email)).toBe(true)
  expect((await look()).body.code).toBe('not_signed_in')
  expect(await revokeRole(shop.deps, 'the tests', staff.email)).toBe(false)
  const customer = await shop.account()
  await grantRole(shop.deps, 'the tests', customer.email, 'admin')
  expect((await customer.get('/api/auth/session')).body).toEqual({ signed_in: false })
})

const entries = async <T>(found: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const one of found) all.push(one)
  return all
}

test('every staff change is audited with its actor and the values before and after', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const staff = await shop.account({ role: 'staff' })
  const book = { book_id: 'b', category: 'C', title: 't', author: 'a', price: 1, stock_quantity: 1 }
  await staff.call('PATCH', '/api/books/tech-001', { price: 39.99 })
  await staff.call('PATCH', '/api/books/tech-001', { stock_delta: -5, title: 'Cleaner Code' })
  await staff.post('/api/books', book)
  await staff.call('PATCH', '/api/books/b', { category: 'D' })
  await staff.call('DELETE', '/api/books/b')
  // What is refused is no act.
  await staff.call('PATCH', '/api/books/tech-001', { stock_delta: -5_000 })
  const { db, names, now } = shop.deps
  const actor = staff.userId
  const seen = { category: 'Technology', price: 42.99, stock_quantity: 25 }
  expect(await entries(auditTrail(db, names.control, 'book:tech-001'))).toEqual([
    {
      actor,
      what: 'book.change',
      subject: 'book:tech-001',
      before: seen,
      after: { ...seen, price: 39.99 },
      fields: ['price'],
      at: expect.any(String),
    },
    expect.objectContaining({
      before: { ...seen, price: 39.99 },
      after: { ...seen, price: 39.99, stock_quantity: 20, stock_delta: -5 },
      fields: ['title'],
    }),
  ])
  const made = { category: 'C', price: 1, stock_quantity: 1 }
  const ofBook = await entries(auditTrail(db, names.control, 'book:b'))
  expect(ofBook.map(({ what, before, after }) => [what, before, after])).toEqual([
    ['book.create', undefined, made],
    ['book.change', made, { ...made, category: 'D' }],
    ['book.delete', { ...made, category: 'D' }, undefined],
  ])
  const today = await entries(auditOfDay(db, names.control, dayOf(now())))
  expect(today.filter(entry => entry.actor === actor)).toHaveLength(5)
})
