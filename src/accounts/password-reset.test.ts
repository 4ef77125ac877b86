/** Password reset: what it ends, and what it removes and keeps of the other ways to sign in. */
import { expect, test } from 'vitest'
import { createAccountShop, nextTotpWindow, PASSWORD, totpCode } from '../../test/accounts.ts'
import type { Json, Shopper } from '../../test/kit.ts'
import { startIssuer } from '../../test/oidc-issuer.ts'
import { createPasskey } from '../../test/passkey.ts'
import { dumpTables } from '../../test/table-contents.ts'
import { auditTrail } from '../core/audit.ts'
import { changePassword } from './account-recovery.ts'

const EMAIL = 'jane@example.com'
const NEXT = 'three green quiet boats'
const COGNITO = '/api/auth/sign-in/cognito'
const THIEF = { sub: 'thief', email: 'thief@example.com', email_verified: true }

const issuer = await startIssuer()

/** An account to which a thief with the password has added a passkey and an identity of their own. */
const openTakenOver = async (email = EMAIL, who?: Shopper) => {
  const shop = await createAccountShop({ env: issuer.env })
  const owner = await shop.member(email, who ?? shop.visitor())
  const thief = shop.visitor()
  await shop.signIn(thief, email)
  const passkey = createPasskey()
  const { body: linking } = await thief.post(`${COGNITO}/link`, { password: PASSWORD })
  expect((await thief.post(`${COGNITO}/finish`, issuer.signIn(linking.url, THIEF))).body.linked).toBe(true)
  const { body: options } = await thief.post('/api/auth/passkeys/options', { password: PASSWORD })
  const response = passkey.register(options)
  expect((await thief.post('/api/auth/passkeys', { response })).status).toBe(204)
  await shop.mail()
  /** Signs in with the passkey. */
  const byPasskey = async (visitor = shop.visitor()) => {
    const { body } = await visitor.post('/api/auth/sign-in/passkey/options')
    return visitor.post('/api/auth/sign-in/passkey', { response: passkey.signIn(body) })
  }
  /** Signs in with the identity; whose account it leads to. */
  const byIdentity = async (): Promise<string | undefined> => {
    const visitor = shop.visitor()
    const { body } = await visitor.post(COGNITO, {})
    await visitor.post(`${COGNITO}/finish`, issuer.signIn(body.url, THIEF))
    return (await visitor.get('/api/auth/session')).body.email
  }
  const resetToken = async (): Promise<string> => {
    await shop.visitor().post('/api/auth/password/forgot', { email })
    const [token = ''] = await shop.tokens('reset-password')
    return token
  }
  const reset = async (more: Json = {}) =>
    shop.visitor().post('/api/auth/password/reset', { token: await resetToken(), password: NEXT, ...more })
  return { shop, owner, thief, byPasskey, byIdentity, resetToken, reset }
}

test('a reset ends all sessions, and removes the passkey and the identity that a thief has added', async () => {
  const { shop, owner, thief, byPasskey, byIdentity, resetToken } = await openTakenOver()
  expect((await byPasskey()).status).toBe(200)
  expect(await byIdentity()).toBe(EMAIL)
  const token = await resetToken()
  const before = await dumpTables(shop)
  // What there is can be read as often as the page is opened.
  for (let i = 0; i < 2; i++)
    expect((await shop.visitor().post('/api/auth/password/reset/preview', { token })).body).toEqual({
      passkeys: 1,
      linked_identities: 1,
      kept_passkeys: 0,
      authenticator_app: false,
    })
  expect(await dumpTables(shop)).toBe(before)
  const set = { token, password: NEXT }
  expect((await shop.visitor().post('/api/auth/password/reset', set)).status).toBe(204)
  for (const one of [owner, thief]) expect((await one.get('/api/users/me')).status).toBe(401)
  expect((await byPasskey()).body.code).toBe('sign_in_failed')
  expect(await byIdentity()).not.toBe(EMAIL)
  expect((await shop.signIn(thief, EMAIL)).status).toBe(401)
  const back = shop.visitor()
  expect((await shop.signIn(back, EMAIL, NEXT)).status).toBe(200)
  // No passkey is left that would have to be shown.
  expect((await back.get('/api/auth/sign-in-methods')).body).toMatchObject({
    passkeys: 0,
    linked_identities: 0,
    proof: 'password',
  })
  expect((await shop.mail()).map(({ to, subject }) => [to, subject])).toEqual([
    [EMAIL, 'Your account was recovered'],
  ])
  const { user_id } = (await back.get('/api/users/me')).body
  const acts: string[] = []
  for await (const { what } of auditTrail(shop.deps.db, shop.names.control, `account:${user_id}`))
    acts.push(what)
  expect(acts.slice(-4).sort()).toEqual([
    'account.cognito.unlink',
    'account.passkey.remove',
    'account.password',
    'account.recovery',
  ])
  expect(shop.reportedErrors).toEqual([])
})

test('a reset keeps the other ways where it is told to, and a refused one removes nothing', async () => {
  const { shop, byPasskey, byIdentity, resetToken, reset } = await openTakenOver()
  const token = await resetToken()
  const guessable = { token, password: 'password1' }
  const refused = await shop.visitor().post('/api/auth/password/reset', guessable)
  expect(refused.body.code).toBe('password_refused')
  expect((await byPasskey()).status).toBe(200)
  expect((await reset({ remove_other_methods: false })).status).toBe(204)
  expect((await byPasskey()).status).toBe(200)
  expect(await byIdentity()).toBe(EMAIL)
  expect((await shop.mail()).map(({ subject }) => subject)).toEqual(['Your password was changed'])
})

test('whoever reads the mails does not get around an authenticator app, nor the passkeys of staff', async () => {
  const { shop, byPasskey, byIdentity, resetToken } = await openTakenOver()
  const owner = shop.visitor()
  await byPasskey(owner)
  const { totp_uri } = (await owner.post('/api/auth/two-factor', { password: PASSWORD })).body
  await owner.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) })
  const user = await shop.deps.records.byEmail(EMAIL)
  if (!user) throw new Error('the account must be there')
  await shop.deps.records.replace('user', user, { ...user.record, role: 'staff' })
  const token = await resetToken()
  expect((await owner.post('/api/auth/password/reset/preview', { token })).body).toEqual({
    passkeys: 0,
    linked_identities: 1,
    kept_passkeys: 1,
    authenticator_app: true,
  })
  expect((await owner.post('/api/auth/password/reset', { token, password: NEXT })).status).toBe(204)
  // An identity is a way in without a second factor: it goes.
  expect(await byIdentity()).not.toBe(EMAIL)
  expect((await byPasskey()).status).toBe(200)
  const reader = shop.visitor()
  expect((await shop.signIn(reader, EMAIL, NEXT)).body).toEqual({ second_factor: true })
  expect((await reader.get('/api/users/me')).status).toBe(401)
  const code = totpCode(totp_uri, nextTotpWindow())
  expect((await reader.post('/api/auth/sign-in/code', { code })).status).toBe(200)
})

test('a change of password that was confirmed with the old one does not replace that of a reset', async () => {
  const { shop, thief, reset } = await openTakenOver()
  const userId: string = (await thief.get('/api/users/me')).body.user_id
  expect((await reset()).status).toBe(204)
  // As a request that was confirmed just before the reset, and goes on after it.
  const late = changePassword(shop.deps, {
    password: 'of the thief 12345',
    currentPassword: PASSWORD,
    session: { sessionId: 'late', userId, secondFactor: false, createdAt: new Date() },
    userAgent: undefined,
  })
  await expect(late).rejects.toMatchObject({ code: 'store_busy' })
  expect((await shop.signIn(shop.visitor(), EMAIL, NEXT)).status).toBe(200)
})

test('of two resets with one link, the one that removes the sign-in methods notifies the owner', async () => {
  const { shop, resetToken, byPasskey } = await openTakenOver()
  const token = await resetToken()
  await shop.mail()
  const body = { token, password: NEXT }
  const answers = await Promise.all([1, 2].map(() => shop.visitor().post('/api/auth/password/reset', body)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404])
  expect((await byPasskey()).status).toBe(401)
  expect((await shop.mail()).map(({ subject }) => subject)).toEqual(['Your account was recovered'])
})
