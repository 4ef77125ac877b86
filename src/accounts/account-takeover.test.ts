/** Account takeover: attacks that begin before the account exists, or with only one of its factors. */
import { expect, test } from 'vitest'
import { createAccountShop, nextTotpWindow, PASSWORD, totpCode } from '../../test/accounts.ts'
import { aBook, checkOut, type Json } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'

const EMAIL = 'customer@example.com'
const THEIRS = 'a thief of accounts waits'

test('an account that an attacker signed up for with another’s email is not verified by its owner', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(guest, 'k', { email: EMAIL })).status).toBe(201)
  const [thief, owner] = [shop.visitor(), shop.visitor()]
  await shop.signUp(thief, EMAIL, { password: THEIRS, first_name: 'Thief', last_name: 'Thief' })
  const [first] = await shop.tokens('verify-email')
  // The owner takes the mail for something of theirs.
  const before = await dumpTables(shop)
  expect(await shop.verify(owner, first)).toMatchObject({ status: 422, body: { code: 'password_wrong' } })
  expect(await dumpTables(shop)).toBe(before)
  await shop.signUp(owner, EMAIL, { first_name: 'Jane' })
  // From now on the account is whose who signed up last; the thief's mail opens no other.
  expect((await shop.verify(thief, first, THEIRS)).body.code).toBe('password_wrong')
  expect((await shop.verify(owner, first)).status).toBe(204)
  expect((await shop.signIn(thief, EMAIL, THEIRS)).status).toBe(401)
  expect((await shop.signIn(owner, EMAIL)).status).toBe(200)
  expect((await owner.get('/api/users/me')).body).toMatchObject({ first_name: 'Jane' })
  expect((await owner.get('/api/users/me')).body.last_name).toBeUndefined()
  expect((await owner.get('/api/orders')).body.items).toHaveLength(1)
  // Once it is confirmed, signing up again changes nothing.
  await shop.signUp(thief, EMAIL, { password: THEIRS })
  expect((await shop.signIn(thief, EMAIL, THEIRS)).status).toBe(401)
  expect((await shop.mail()).map(({ subject }) => subject)).toContain('You already have an account')
})

test('an email change requested under the old password is void after a reset', async () => {
  const shop = await createAccountShop()
  const owner = await shop.member(EMAIL)
  const thief = shop.visitor()
  await shop.signIn(thief, EMAIL)
  await thief.post('/api/auth/email/change', { email: 'thief@example.com', password: PASSWORD })
  const [change] = await shop.tokens('confirm-address')
  await owner.post('/api/auth/password/forgot', { email: EMAIL })
  const [reset] = await shop.tokens('reset-password')
  const password = 'three green quiet boats'
  expect((await owner.post('/api/auth/password/reset', { token: reset, password })).status).toBe(204)
  expect((await thief.post('/api/auth/email/confirm', { token: change })).body.code).toBe('not_signed_in')
  await shop.signIn(owner, EMAIL, password)
  const before = await dumpTables(shop)
  expect((await owner.post('/api/auth/email/confirm', { token: change })).body.code).toBe('link_invalid')
  expect(await dumpTables(shop)).toBe(before)
})

test('a stranger who presses the button of a change of email hands over no guest orders', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(guest, 'k', { email: EMAIL })).status).toBe(201)
  await shop.mail()
  const thief = await shop.member('thief@example.com')
  await thief.post('/api/auth/email/change', { email: EMAIL, password: PASSWORD })
  const [toVictim] = (await shop.mail()).filter(({ to }) => to === EMAIL)
  // It says whose account it is about, and that it may be ignored.
  expect(toVictim?.text).toContain('t•••@example.com')
  expect(toVictim?.text).toMatch(/If\s+you\s+didn’t\s+ask\s+for\s+this,\s+you\s+can\s+ignore\s+this\s+email/)
  const token = /token=([\w-]{43})/.exec(toVictim?.text ?? '')?.[1]
  const neighbor = await shop.account()
  const before = await dumpTables(shop)
  for (const [who, code] of [
    [guest, 'not_signed_in'],
    [shop.visitor(), 'not_signed_in'],
    [neighbor, 'forbidden'],
  ] as const)
    expect((await who.post('/api/auth/email/confirm', { token })).body.code).toBe(code)
  expect(await dumpTables(shop)).toBe(before)
  expect((await thief.get('/api/orders')).body.items).toHaveLength(0)
  // The victim signs up as anybody does, and the thief's link is void then, for the thief too.
  const victim = await shop.member(EMAIL)
  expect((await victim.get('/api/orders')).body.items).toHaveLength(1)
  expect((await thief.post('/api/auth/email/confirm', { token })).body.code).toBe('link_invalid')
})

test('the mail of a change to an email that has an account says so, and has no link that changes anything', async () => {
  const shop = await createAccountShop()
  await shop.member(EMAIL)
  const other = await shop.member('thief@example.com')
  await shop.mail()
  await other.post('/api/auth/email/change', { email: EMAIL, password: PASSWORD })
  const mails = await shop.mail()
  expect(mails.map(({ to, subject }) => `${to} ${subject}`).sort()).toEqual([
    `${EMAIL} You already have an account`,
    'thief@example.com A new email was entered for your account',
  ])
  expect(mails.map(({ text }) => text).join()).not.toContain('token=')
})

test('a reset link is void once the password has changed', async () => {
  const shop = await createAccountShop()
  const owner = await shop.member(EMAIL)
  for (let i = 0; i < 2; i++) await owner.post('/api/auth/password/forgot', { email: EMAIL })
  const [first, second] = await shop.tokens('reset-password')
  const set = (token: string | undefined, password: string) =>
    shop.visitor().post('/api/auth/password/reset', { token, password })
  expect((await set(first, 'three green quiet boats')).status).toBe(204)
  expect((await set(second, THEIRS)).body.code).toBe('link_invalid')
  await owner.post('/api/auth/password/forgot', { email: EMAIL })
  const [third] = await shop.tokens('reset-password')
  await shop.signIn(owner, EMAIL, 'three green quiet boats')
  const change = { current_password: 'three green quiet boats', password: 'two red quiet trains' }
  expect((await owner.post('/api/auth/password/change', change)).status).toBe(204)
  expect((await set(third, THEIRS)).body.code).toBe('link_invalid')
  expect((await shop.signIn(shop.visitor(), EMAIL, 'two red quiet trains')).status).toBe(200)
})

test('a password alone cannot add a second factor to an account that has one', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const owner = await shop.member(EMAIL)
  const { user_id } = (await owner.get('/api/users/me')).body
  await shop.deps.records.create('passkey', {
    id: 'a-passkey',
    userId: user_id,
    credentialID: 'a',
    counter: 0,
  })
  const thief = shop.visitor()
  expect((await shop.signIn(thief, EMAIL)).body).toEqual({ second_factor: false })
  const before = await dumpTables(shop)
  const needed = { status: 403, body: { code: 'second_factor_needed' } }
  const again = { password: PASSWORD }
  expect(await thief.post('/api/auth/two-factor', again)).toMatchObject(needed)
  expect(await thief.post('/api/auth/two-factor/confirm', { code: '123456' })).toMatchObject(needed)
  expect(await thief.call('DELETE', '/api/auth/two-factor', again)).toMatchObject(needed)
  expect(await thief.post('/api/auth/two-factor/recovery-codes', again)).toMatchObject(needed)
  expect(await thief.post('/api/auth/passkeys/options', again)).toMatchObject(needed)
  expect(await thief.post('/api/auth/passkeys', { response: { id: 'a' } })).toMatchObject(needed)
  expect(await thief.call('DELETE', '/api/auth/passkeys/a-passkey', again)).toMatchObject(needed)
  expect(await dumpTables(shop)).toBe(before)
})

test('of concurrent requests with the same code of an authenticator app, one is signed in', async () => {
  const shop = await createAccountShop()
  const owner = await shop.member(EMAIL)
  const { totp_uri } = (await owner.post('/api/auth/two-factor', { password: PASSWORD })).body
  await owner.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) })
  const people = Array.from({ length: 10 }, () => shop.visitor())
  // Ten of the same network and account would be too many tries to sign in.
  for (const one of people.slice(0, 8)) await shop.signIn(one, EMAIL)
  const code = totpCode(totp_uri, nextTotpWindow())
  const answers = await Promise.all(
    people.slice(0, 8).map(one => one.post('/api/auth/sign-in/code', { code })),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const inside = await Promise.all(people.map(one => one.get('/api/auth/session')))
  expect(inside.filter(({ body }) => body.signed_in)).toHaveLength(1)
  expect(shop.reportedErrors).toEqual([])
})

test('a sign-in during the deletion of the account leaves no session behind', async () => {
  const shop = await createAccountShop({ withStaff: false })
  for (let round = 0; round < 8; round++) {
    const owner = await shop.member(`customer-${round}@example.com`)
    const tries = Array.from({ length: 6 }, () => shop.visitor())
    const [removed, ...others] = await Promise.all([
      owner.call('DELETE', '/api/users/me', { password: PASSWORD }),
      ...tries.map(async (one, i) => {
        await new Promise(done => setTimeout(done, i * 12))
        return shop.signIn(one, `customer-${round}@example.com`)
      }),
    ])
    expect(removed?.status).toBe(204)
    for (const { status } of others) expect([200, 401, 403, 503]).toContain(status)
  }
  const control = await readItems(shop, 'control')
  expect(control.filter(({ sk }: Json) => sk === 'session')).toEqual([])
  expect(await readItems(shop, 'users')).toEqual([])
  expect(shop.reportedErrors).toEqual([])
})

test('signing out removes the guest’s cart and orders from the browser', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const jane = shop.visitor()
  await jane.post('/api/cart/items', { book_id: 'tech-001' })
  const { order_id } = (await checkOut(jane)).body
  await shop.member(EMAIL, jane)
  expect((await jane.post('/api/auth/sign-out')).status).toBe(204)
  expect(jane.cookie() ?? '').not.toMatch(/guest|session/)
  expect((await jane.get(`/api/orders/${order_id}`)).status).toBe(404)
})
