import { expect, test } from 'vitest'
import { createAccountShop, nextTotpWindow, PASSWORD, totpCode } from '../../test/accounts.ts'
import { aBook, checkOut } from '../../test/kit.ts'
import { auditTrail } from '../core/audit.ts'

const EMAIL = 'jane@example.com'

test('a customer signs up, verifies the email, signs in, and signs out on the server', async () => {
  const shop = await createAccountShop()
  const jane = shop.visitor()
  expect((await shop.signUp(jane, ' Jane@EXAMPLE.com', { first_name: 'Jane' })).status).toBe(202)
  expect(jane.cookie()).toBeUndefined()
  // As after a wrong password, so that nobody learns from it that the email had no account before.
  expect(await shop.signIn(jane, EMAIL)).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
  const [token = ''] = await shop.tokens('verify-email')
  expect((await shop.verify(jane, token)).status).toBe(204)
  expect(await shop.verify(jane, token)).toMatchObject({
    status: 404,
    body: { code: 'link_invalid' },
  })
  const signedIn = await shop.signIn(jane, EMAIL)
  expect(signedIn).toMatchObject({ status: 200, body: { second_factor: false } })
  const [set] = signedIn.headers.getSetCookie()
  expect(set).toMatch(/^cloudshelf_session=[^;]+; Max-Age=5184000; Path=\/; HttpOnly; SameSite=Lax$/)
  expect((await jane.get('/api/auth/session')).body).toEqual({
    signed_in: true,
    email: EMAIL,
    first_name: 'Jane',
    role: 'customer',
    second_factor: false,
  })
  const stolen = jane.cookie() ?? ''
  expect((await jane.post('/api/auth/sign-out')).status).toBe(204)
  expect(jane.cookie()).not.toContain('cloudshelf_session')
  expect((await shop.visitor().get('/api/auth/session', { cookie: stolen })).body).toEqual({
    signed_in: false,
  })
  expect(shop.reportedErrors).toEqual([])
})

test.each([
  "o'hara!#$%&*/=?^_`{|}~-@example.com",
  'a@\u4f8b\u3048.\u30c6\u30b9\u30c8',
  'a@xn--p1ai.xn--p1ai',
])('every email that mail can reach can sign in: %s', async email => {
  const shop = await createAccountShop()
  const who = await shop.member(email)
  expect((await who.get('/api/auth/session')).body).toMatchObject({ signed_in: true })
  expect(shop.reportedErrors).toEqual([])
})

test('a password of 128 characters beyond the BMP is accepted everywhere', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  const long = '\u{1f600}\u{1f601}'.repeat(64)
  const change = { current_password: PASSWORD, password: long }
  expect((await jane.post('/api/auth/password/change', change)).status).toBe(204)
  expect((await jane.post('/api/auth/two-factor', { password: long })).status).toBe(200)
  expect((await shop.signIn(shop.visitor(), EMAIL, long)).status).toBe(200)
  expect(shop.reportedErrors).toEqual([])
})

test('an account is exactly the specification’s item in the users table', async () => {
  const shop = await createAccountShop()
  await shop.signUp(shop.visitor(), EMAIL, { first_name: 'Jane', last_name: 'Doe' })
  const items = []
  for await (const page of shop.deps.db.scan(shop.names.users))
    items.push(...page.filter(({ email }) => email === EMAIL))
  expect(items).toEqual([
    {
      user_id: expect.stringMatching(/^user-[0-9a-z]{26}$/),
      email: EMAIL,
      first_name: 'Jane',
      last_name: 'Doe',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      account_status: 'active',
    },
  ])
  await shop.member('john@example.com')
  const { items: found } = await shop.deps.db.query({
    table: shop.names.users,
    index: 'EmailIndex',
    where: 'email = :email',
    values: { ':email': 'john@example.com' },
  })
  expect(found).toEqual([expect.objectContaining({ last_login: expect.any(String) })])
})

test('signing in again ends the previous session, and a planted cookie is never adopted (session fixation)', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  const first = jane.cookie() ?? ''
  await shop.signIn(jane, EMAIL)
  expect(jane.cookie()).not.toBe(first)
  expect((await shop.visitor().get('/api/auth/session', { cookie: first })).body.signed_in).toBe(false)
  const planted = 'cloudshelf_session=planted.c2lnbmF0dXJl'
  const answer = await shop
    .visitor()
    .post(
      '/api/auth/sign-in',
      { email: EMAIL, password: PASSWORD },
      { cookie: planted, 'sec-fetch-site': 'same-origin' },
    )
  expect(answer.headers.get('set-cookie')).not.toContain('planted')
})

test('a password reset works once, ends all sessions, and the new password takes effect', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  const visitor = shop.visitor()
  expect((await visitor.post('/api/auth/password/forgot', { email: EMAIL })).status).toBe(202)
  const [token = ''] = await shop.tokens('reset-password')
  const reset = (password: string) => visitor.post('/api/auth/password/reset', { token, password })
  expect(await reset('iloveyou1')).toMatchObject({ status: 422, body: { code: 'password_refused' } })
  expect((await reset('another four quiet words')).status).toBe(204)
  expect(await reset('yet another four words')).toMatchObject({ status: 404, body: { code: 'link_invalid' } })
  expect((await jane.get('/api/auth/session')).body.signed_in).toBe(false)
  expect((await shop.signIn(visitor, EMAIL)).body.code).toBe('sign_in_failed')
  expect((await shop.signIn(visitor, EMAIL, 'another four quiet words')).status).toBe(200)
  expect((await shop.mail()).map(({ subject }) => subject)).toEqual(['Your password was changed'])
})

test('a changed password ends the other sessions and gives this one a new cookie', async () => {
  const shop = await createAccountShop()
  const [here, there] = [await shop.member(EMAIL), shop.visitor()]
  await shop.signIn(there, EMAIL)
  const before = here.cookie()
  const change = (current_password: string) =>
    here.post('/api/auth/password/change', { current_password, password: 'another four quiet words' })
  expect(await change('wrong password')).toMatchObject({ status: 422, body: { code: 'password_wrong' } })
  expect((await there.get('/api/auth/session')).body.signed_in).toBe(true)
  expect((await change(PASSWORD)).status).toBe(204)
  expect(here.cookie()).not.toBe(before)
  expect((await here.get('/api/auth/session')).body.signed_in).toBe(true)
  expect((await there.get('/api/auth/session')).body.signed_in).toBe(false)
})

test('a new email takes effect once it is confirmed, and the old one is notified', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  await shop.mail()
  const change = (email: string, password = PASSWORD) =>
    jane.post('/api/auth/email/change', { email, password })
  expect(await change('new@example.com', 'wrong password')).toMatchObject({
    body: { code: 'password_wrong' },
  })
  expect((await change('new@example.com')).status).toBe(202)
  const mails = await shop.mail()
  expect(mails.map(({ to, subject }) => `${to} ${subject}`).sort()).toEqual([
    `${EMAIL} A new email was entered for your account`,
    'new@example.com Confirm your new email',
  ])
  const token = /token=([\w-]{43})/.exec(mails.map(({ text }) => text).join())?.[1]
  expect((await jane.get('/api/auth/session')).body.email).toBe(EMAIL)
  expect((await jane.post('/api/auth/email/confirm', { token })).status).toBe(204)
  expect((await jane.get('/api/auth/session')).body.email).toBe('new@example.com')
  expect((await shop.mail()).map(({ to, subject }) => `${to} ${subject}`).sort()).toEqual([
    `${EMAIL} Your email was changed`,
    'new@example.com Your email was changed',
  ])
  expect((await shop.signIn(shop.visitor(), 'new@example.com')).status).toBe(200)
  // The old address is free again.
  await shop.signUp(shop.visitor(), EMAIL)
  expect((await shop.tokens('verify-email')).length).toBe(1)
})

test('an account lists its sessions and ends them', async () => {
  const shop = await createAccountShop()
  const [here, there] = [await shop.member(EMAIL), shop.visitor()]
  await shop.signIn(there, EMAIL)
  const { items } = (await here.get('/api/auth/sessions')).body
  expect(items).toHaveLength(2)
  expect(items.filter((one: { current: boolean }) => one.current)).toHaveLength(1)
  const other = items.find((one: { current: boolean }) => !one.current)
  const stranger = await shop.account()
  const end = `/api/auth/sessions/${other.session_id}`
  expect(await stranger.call('DELETE', end)).toMatchObject({
    status: 404,
    body: { code: 'session_not_found' },
  })
  expect((await here.call('DELETE', end)).status).toBe(204)
  expect((await there.get('/api/auth/session')).body.signed_in).toBe(false)
  await shop.signIn(there, EMAIL)
  expect((await here.call('DELETE', '/api/auth/sessions')).status).toBe(204)
  expect((await there.get('/api/auth/session')).body.signed_in).toBe(false)
  expect((await here.get('/api/auth/session')).body.signed_in).toBe(true)
})

test('with an authenticator app, the password alone does not sign in; a recovery code works once', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const jane = await shop.member(EMAIL)
  const enrol = (password: string) => jane.post('/api/auth/two-factor', { password })
  expect(await enrol('wrong password')).toMatchObject({ body: { code: 'password_wrong' } })
  const { totp_uri, recovery_codes } = (await enrol(PASSWORD)).body
  expect(await jane.post('/api/auth/two-factor/confirm', { code: '000000' })).toMatchObject({
    status: 422,
    body: { code: 'code_wrong' },
  })
  const confirmed = totpCode(totp_uri)
  expect((await jane.post('/api/auth/two-factor/confirm', { code: confirmed })).status).toBe(204)
  expect((await jane.get('/api/auth/session')).body.second_factor).toBe(true)
  const other = shop.visitor()
  expect((await shop.signIn(other, EMAIL)).body).toEqual({ second_factor: true })
  expect((await other.get('/api/auth/session')).body.signed_in).toBe(false)
  const code = (path: string, value: string) => other.post(`/api/auth/sign-in/${path}`, { code: value })

  expect(await code('code', '000000')).toMatchObject({ status: 422, body: { code: 'code_wrong' } })
  // The code of the confirmation is used up.
  expect(await code('code', confirmed)).toMatchObject({ body: { code: 'code_wrong' } })
  expect((await other.get('/api/auth/session')).body.signed_in).toBe(false)
  const next = totpCode(totp_uri, nextTotpWindow())
  await shop.signIn(other, EMAIL)
  expect((await code('code', next)).status).toBe(200)
  expect((await other.get('/api/auth/session')).body.second_factor).toBe(true)
  await other.post('/api/auth/sign-out')
  await shop.signIn(other, EMAIL)
  expect((await code('recovery-code', recovery_codes[0])).status).toBe(200)
  await other.post('/api/auth/sign-out')
  await shop.signIn(other, EMAIL)
  expect(await code('recovery-code', recovery_codes[0])).toMatchObject({ body: { code: 'code_wrong' } })
  expect(await code('code', next)).toMatchObject({ body: { code: 'code_wrong' } })
  await shop.signIn(other, EMAIL)
  expect((await code('recovery-code', recovery_codes[1])).status).toBe(200)
  const ended = await jane.call('DELETE', '/api/auth/two-factor', { password: PASSWORD })
  expect(ended.status).toBe(204)
  expect((await shop.signIn(shop.visitor(), EMAIL)).body).toEqual({ second_factor: false })
  expect(shop.reportedErrors).toEqual([])
})

test('of many sign-ins with one recovery code at once, one succeeds and the others are refused', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  const { totp_uri, recovery_codes } = (await jane.post('/api/auth/two-factor', { password: PASSWORD })).body
  await jane.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) })
  const others = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const visitor = shop.visitor()
      await shop.signIn(visitor, EMAIL)
      return visitor
    }),
  )
  const answers = await Promise.all(
    others.map(one => one.post('/api/auth/sign-in/recovery-code', { code: recovery_codes[0] })),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, body } of answers)
    if (status !== 200) expect(['code_wrong', 'sign_in_failed', 'too_many_requests']).toContain(body.code)
  expect(shop.reportedErrors).toEqual([])
})

test('the cart and the orders of an account are available on every device', async () => {
  const shop = await createAccountShop({ books: [aBook()] })
  const here = await shop.member(EMAIL)
  await here.post('/api/cart/items', { book_id: 'tech-001' })
  const there = shop.visitor()
  await shop.signIn(there, EMAIL)
  expect((await there.get('/api/cart')).body.item_count).toBe(1)
  expect((await checkOut(there)).status).toBe(201)
  expect((await here.get('/api/orders')).body.items).toHaveLength(1)
})

test('strangers who guess the password do not lock the owner out', async () => {
  const shop = await createAccountShop()
  const owner = await shop.member(EMAIL)
  await owner.post('/api/auth/sign-out')
  const guesses = []
  for (let i = 0; i < 14; i++) guesses.push((await shop.signIn(shop.visitor(), EMAIL, `guess ${i}`)).status)
  // The owner's browser is known since it confirmed the email, so its own sign-in does not count among the ten.
  expect(guesses.filter(status => status === 401)).toHaveLength(10)
  expect(guesses.slice(10)).toEqual(Array(4).fill(429))
  expect((await shop.signIn(shop.visitor(), EMAIL)).status).toBe(429)
  expect((await shop.signIn(owner, EMAIL)).status).toBe(200)
})

test('every change by the owner of an account is audited, without any values', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  const { user_id } = (await jane.get('/api/users/me')).body
  const address = { name: 'canary-name', street: 'canary-street', city: 'canary-city', postal_code: '1' }
  const { address_id } = (await jane.post('/api/users/me/addresses', address)).body
  await jane.call('DELETE', `/api/users/me/addresses/${address_id}`)
  await jane.call('PATCH', '/api/users/me', { first_name: 'canary-name', phone: '+1-555-0199' })
  const next = 'three green quiet boats'
  await jane.post('/api/auth/password/change', { current_password: PASSWORD, password: next })
  const { body } = await jane.post('/api/auth/two-factor', { password: next })
  await jane.post('/api/auth/two-factor/confirm', { code: totpCode(body.totp_uri) })
  await jane.post('/api/auth/two-factor/recovery-codes', { password: next })
  await jane.call('DELETE', '/api/auth/two-factor', { password: next })
  await jane.call('DELETE', '/api/auth/sessions')
  await jane.post('/api/auth/email/change', { email: 'canary-new@example.com', password: next })
  const [token] = await shop.tokens('confirm-address')
  await jane.post('/api/auth/email/confirm', { token })
  const acts = []
  for await (const act of auditTrail(shop.deps.db, shop.names.control, `account:${user_id}`)) acts.push(act)
  expect(acts.map(({ what, fields }) => (fields ? `${what} ${fields.join()}` : what))).toEqual([
    'account.verify',
    'account.addresses',
    'account.addresses',
    'account.profile first_name,phone',
    'account.password',
    'account.authenticator-app.on',
    'account.recovery-codes',
    'account.authenticator-app.off',
    'account.sessions.end',
    'account.email.request',
    'account.email email',
  ])
  for (const { actor } of acts) expect(actor).toBe(user_id)
  expect(JSON.stringify(acts)).not.toMatch(/canary|555|example\.com|boats/)
})
