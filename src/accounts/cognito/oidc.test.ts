import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD } from '../../../test/accounts.ts'
import { type Answer, aBook, type Json, type ShopOptions, type Shopper } from '../../../test/kit.ts'
import { hs256, rs256, startIssuer, type TokenOverrides } from '../../../test/oidc-issuer.ts'
import { dumpTables, readItems } from '../../../test/table-contents.ts'
import { readSettings, SettingsError } from '../../composition/settings.ts'

const issuer = await startIssuer()
const open = (more: ShopOptions = {}) => createAccountShop({ books: [aBook()], env: issuer.env, ...more })
const PATH = '/api/auth/sign-in/cognito'
const JANE = { sub: 'cognito-jane', email: 'Jane@Example.com', email_verified: true, given_name: 'Jane' }

const begin = async (who: Shopper, body: Json = {}): Promise<string> => {
  const answer = await who.post(PATH, body)
  expect(answer.status).toBe(200)
  return answer.body.url
}

/** One whole way to Cognito and back. */
const byCognito = async (
  who: Shopper,
  person: Json = JANE,
  { forged, body }: { forged?: TokenOverrides; body?: Json } = {},
): Promise<Answer> => who.post(`${PATH}/finish`, issuer.signIn(await begin(who, body), person, forged))

/** Links the account of the session to this person at Cognito. */
const linkTo = async (who: Shopper, person: Json = JANE, body: Json = { password: PASSWORD }) => {
  const begun = await who.post(`${PATH}/link`, body)
  expect(begun.status).toBe(200)
  return who.post(`${PATH}/finish`, issuer.signIn(begun.body.url, person))
}

const whoIs = async (who: Shopper) => (await who.get('/api/auth/session')).body

test('without Cognito the sign-in is not available, and an incomplete setup is an error', async () => {
  const shop = await createAccountShop()
  const visitor = shop.visitor()
  expect((await visitor.get(PATH)).body).toEqual({ available: false, linked: false })
  expect(await visitor.post(PATH, {})).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect((await visitor.post(`${PATH}/finish`, { state: 'a', code: 'b' })).body.code).toBe('not_found')
  expect(readSettings({ COGNITO_USER_POOL_ID: 'eu-west-1_Abc', COGNITO_CLIENT_ID: 'x' }).cognito).toEqual({
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc',
    clientId: 'x',
    clientSecret: undefined,
  })
  for (const half of [{ COGNITO_USER_POOL_ID: 'eu-west-1_Abc' }, { COGNITO_CLIENT_ID: 'x' }])
    expect(() => readSettings(half)).toThrow(SettingsError)
  expect(() => readSettings({ COGNITO_USER_POOL_ID: 'pool', COGNITO_CLIENT_ID: 'x' })).toThrow(
    /COGNITO_USER_POOL_ID must be the ID of a Cognito user pool/,
  )
})

test('a sign-in with Cognito creates an account, returns to it each time, and keeps the guest’s cart', async () => {
  const shop = await open()
  const jane = shop.visitor()
  await jane.post('/api/cart/items', { book_id: 'tech-001' })
  const answer = await byCognito(jane, JANE, { body: { next: '/cart' } })
  expect(answer).toMatchObject({ status: 200, body: { linked: false, next: '/cart' } })
  expect(await whoIs(jane)).toEqual({
    signed_in: true,
    email: 'jane@example.com',
    first_name: 'Jane',
    role: 'customer',
    second_factor: false,
  })
  expect((await jane.get('/api/cart')).body.item_count).toBe(1)
  const [{ user_id }] = await readItems(shop, 'users').then(all =>
    all.filter((user: Json) => user.email === 'jane@example.com'),
  )
  // Under another address by now, and still the same person.
  const later = shop.visitor()
  expect((await byCognito(later, { ...JANE, email: 'married@example.com' })).status).toBe(200)
  expect((await later.get('/api/users/me')).body.user_id).toBe(user_id)
  expect((await later.get('/api/cart')).body.item_count).toBe(1)
  expect(shop.reportedErrors).toEqual([])
})

test('ten concurrent first sign-ins of one person create one account', async () => {
  const shop = await open({ withStaff: false })
  const people = Array.from({ length: 10 }, () => shop.visitor())
  const statuses = await Promise.all(people.map(async who => (await byCognito(who)).status))
  expect(statuses).toEqual(people.map(() => 200))
  expect(await readItems(shop, 'users')).toHaveLength(1)
})

test('an email alone links nothing: the owner must be signed in and request it', async () => {
  const shop = await open()
  const owner = await shop.member('jane@example.com')
  const thief = shop.visitor()
  expect(await byCognito(thief)).toMatchObject({ status: 409, body: { code: 'account_exists' } })
  expect(await whoIs(thief)).toEqual({ signed_in: false })
  expect(await linkTo(owner)).toMatchObject({ body: { linked: true } })
  expect((await owner.get(PATH)).body).toEqual({ available: true, linked: true })
  const phone = shop.visitor()
  expect((await byCognito(phone)).status).toBe(200)
  expect((await whoIs(phone)).email).toBe('jane@example.com')
  // Linked to one, it is no other's.
  const other = await shop.member('john@example.com')
  expect((await linkTo(other)).body.code).toBe('account_exists')
  expect((await owner.call('DELETE', PATH, { password: 'wrong' })).body.code).toBe('password_wrong')
  expect((await owner.call('DELETE', PATH, { password: PASSWORD })).status).toBe(204)
  expect((await byCognito(shop.visitor())).body.code).toBe('account_exists')
  expect((await shop.visitor().post(`${PATH}/link`, {})).body.code).toBe('not_signed_in')
})

test('an email that Cognito has not verified, or that is not valid, does not sign in', async () => {
  const shop = await open()
  for (const person of [
    { ...JANE, email_verified: false },
    { ...JANE, email_verified: 'false' },
    { sub: 'x' },
    { ...JANE, email: 'no address' },
  ]) {
    const who = shop.visitor()
    expect((await byCognito(who, person)).body.code).toBe('email_not_verified')
    expect(await whoIs(who)).toEqual({ signed_in: false })
  }
})

const now = () => Math.floor(Date.now() / 1000)
const forgeries: readonly [string, TokenOverrides][] = [
  ['for another client', { claims: { aud: 'another-client' } }],
  ['for several clients', { claims: { aud: ['another-client', 'third'] } }],
  ['of another issuer', { claims: { iss: 'https://evil.example/pool' } }],
  ['that has expired', { claims: { exp: now() - 3_600 } }],
  ['without an end', { claims: { exp: undefined } }],
  ['from the future', { claims: { nbf: now() + 3_600 } }],
  ['for another request', { claims: { nonce: 'another' } }],
  ['without a nonce', { claims: { nonce: undefined } }],
  ['that is an access token', { claims: { token_use: 'access' } }],
  ['without a use', { claims: { token_use: undefined } }],
  ['of nobody', { claims: { sub: undefined } }],
  ['whose subject is a number', { claims: { sub: 17 } }],
  ['signed by another key', { sign: (input, { other }) => rs256(input, other) }],
  [
    'signed by a key that the issuer does not publish',
    { header: { kid: 'other' }, sign: (input, { other }) => rs256(input, other) },
  ],
  ['that is not signed', { header: { alg: 'none' }, sign: () => '' }],
  [
    'signed with the public key as a secret',
    { header: { alg: 'HS256' }, sign: (input, { publicPem }) => hs256(input, publicPem) },
  ],
  ['signed with an empty secret', { header: { alg: 'HS256' }, sign: input => hs256(input, '') }],
  ['whose signature is cut', { tamper: token => token.slice(0, -20) }],
  ['without its signature', { tamper: token => token.slice(0, token.lastIndexOf('.') + 1) }],
  [
    'whose claims were exchanged',
    {
      tamper: token => {
        const [header, , signature] = token.split('.')
        const claims = Buffer.from(JSON.stringify({ sub: 'admin', token_use: 'id' })).toString('base64url')
        return `${header}.${claims}.${signature}`
      },
    },
  ],
  ['that is no token', { tamper: () => 'no token' }],
]

test.each(forgeries)('an ID token %s does not sign in, and writes nothing', async (_, forged) => {
  const shop = await open()
  const who = shop.visitor()
  const url = await begin(who)
  const answer = await who.post(`${PATH}/finish`, issuer.signIn(url, JANE, forged))
  expect(answer).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } })
  expect(await whoIs(who)).toEqual({ signed_in: false })
  expect(await dumpTables(shop)).not.toContain('jane@example.com')
})

test('a response of Cognito works once, before it expires, and only in the browser that began the sign-in', async () => {
  let time = new Date()
  const shop = await open({ now: () => time })
  const [jane, thief] = [shop.visitor(), shop.visitor()]
  const back = issuer.signIn(await begin(jane), JANE)
  await begin(thief)
  const failed = { status: 401, body: { code: 'sign_in_failed' } }
  expect(await thief.post(`${PATH}/finish`, back)).toMatchObject(failed)
  expect(await shop.visitor().post(`${PATH}/finish`, back)).toMatchObject(failed)
  expect(await jane.post(`${PATH}/finish`, { ...back, state: 'another' })).toMatchObject(failed)
  expect((await jane.post(`${PATH}/finish`, back)).status).toBe(200)
  expect(await jane.post(`${PATH}/finish`, back)).toMatchObject(failed)
  const late = shop.visitor()
  const slow = issuer.signIn(await begin(late), JANE)
  time = new Date(time.getTime() + 11 * 60_000)
  expect(await late.post(`${PATH}/finish`, slow)).toMatchObject(failed)
  // Refused at Cognito, without a code.
  const away = shop.visitor()
  const { state } = issuer.signIn(await begin(away), JANE)
  expect(await away.post(`${PATH}/finish`, { state })).toMatchObject(failed)
})

test('an issuer that fails or is unreachable gives a 503, and the next attempt works', async () => {
  const shop = await open()
  const who = shop.visitor()
  expect(await byCognito(who, JANE, { forged: { status: 502 } })).toMatchObject({
    status: 503,
    body: { code: 'identity_provider_unavailable' },
  })
  expect((await byCognito(who)).status).toBe(200)
  const gone = await createAccountShop({ env: { ...issuer.env, COGNITO_ISSUER: 'http://127.0.0.1:9/pool' } })
  expect((await gone.visitor().post(PATH, {})).body.code).toBe('identity_provider_unavailable')
})

test('staff signed in with Cognito have no staff rights without our second factor', async () => {
  const shop = await open()
  const staff = await shop.account({ role: 'staff', email: 'staff@example.com' })
  const person = { ...JANE, sub: 'cognito-staff', email: 'staff@example.com' }
  expect((await linkTo(staff, person, {})).body.linked).toBe(true)
  const again = shop.visitor()
  expect((await byCognito(again, person)).status).toBe(200)
  expect(await again.get('/api/orders?date=2026-01-01')).toMatchObject({ status: 403 })
})
