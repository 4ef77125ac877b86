/** Hostile input: links used for another purpose, oversized passwords, header injection, look-alike emails. */
import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD } from '../../test/accounts.ts'
import { dumpTables } from '../../test/table-contents.ts'

const EMAIL = 'jane@example.com'

test('a link works once, before it expires, and only for its own purpose', async () => {
  let time = new Date()
  const shop = await createAccountShop({ now: () => time })
  const jane = await shop.member(EMAIL)
  await shop.signUp(shop.visitor(), 'john@example.com')
  const [verify = ''] = await shop.tokens('verify-email')
  await jane.post('/api/auth/password/forgot', { email: EMAIL })
  const [reset = ''] = await shop.tokens('reset-password')
  await jane.post('/api/auth/email/change', { email: 'new@example.com', password: PASSWORD })
  const [change = ''] = await shop.tokens('confirm-address')
  const doors = {
    'verify-email': { token: verify, password: PASSWORD },
    'password/reset': { token: reset, password: 'three green quiet boats' },
    'email/confirm': { token: change },
  }
  const before = await dumpTables(shop)
  for (const [door, body] of Object.entries(doors))
    for (const token of [verify, reset, change, 'A'.repeat(43)]) {
      if (token === body.token) continue
      const answer = await jane.post(`/api/auth/${door}`, { ...body, token })
      expect(answer, door).toMatchObject({ status: 404, body: { code: 'link_invalid' } })
    }
  expect(await dumpTables(shop)).toBe(before)
  // An hour later the link to the new address is over, and the one to set a password long since.
  time = new Date(time.getTime() + 61 * 60_000)
  for (const door of ['password/reset', 'email/confirm'] as const)
    expect((await jane.post(`/api/auth/${door}`, doors[door])).status, door).toBe(404)
  expect((await shop.verify(shop.visitor(), verify)).status).toBe(204)
  expect((await shop.verify(shop.visitor(), verify)).status).toBe(404)
})

test('a password of a megabyte is refused before it is hashed', async () => {
  const shop = await createAccountShop()
  const password = 'x'.repeat(1_000_000)
  const before = await dumpTables(shop)
  for (const path of ['sign-up', 'sign-in'])
    expect((await shop.visitor().post(`/api/auth/${path}`, { email: EMAIL, password })).status, path).toBe(
      413,
    )
  const long = { email: EMAIL, password: 'x'.repeat(129) }
  for (const path of ['sign-up', 'sign-in'])
    expect((await shop.visitor().post(`/api/auth/${path}`, long)).body.code, path).toBe('invalid_request')
  expect(await dumpTables(shop)).toBe(before)
})

test.each([
  ['a line break in an email', { email: 'jane@example.com\r\nBcc: all@example.com' }],
  ['two emails', { email: 'jane@example.com, john@example.com' }],
  ['a line break in a name', { first_name: 'Jane\r\nBcc: all@example.com' }],
  ['a name with a bidi control character', { first_name: 'Jane\u202Eenaj' }],
  ['a password with control characters', { password: 'abcdefgh\u0000\u0007' }],
])('%s is refused, and nothing is written', async (_, changes) => {
  const shop = await createAccountShop()
  const before = await dumpTables(shop)
  const answer = await shop.signUp(shop.visitor(), EMAIL, changes)
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(await dumpTables(shop)).toBe(before)
})

test('an email with look-alike letters has an account of its own', async () => {
  const shop = await createAccountShop()
  const jane = await shop.member(EMAIL)
  // Cyrillic а in the domain, as its punycode.
  const other = await shop.member('jane@ex\u0430mple.com')
  const idOf = async (who: typeof jane) => (await who.get('/api/users/me')).body.user_id
  expect(await idOf(other)).not.toBe(await idOf(jane))
})
