/** Re-authentication: a borrowed session neither adds nor removes a way into an account, nor takes or erases its data. */
import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD, totpCode } from '../../test/accounts.ts'
import type { Answer, Json, Shopper } from '../../test/kit.ts'
import { startIssuer } from '../../test/oidc-issuer.ts'
import { createPasskey } from '../../test/passkey.ts'
import { dumpTables } from '../../test/table-contents.ts'
import { ENDPOINT_GROUPS } from '../composition/endpoints.ts'
import { auditTrail } from '../core/audit.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { OWNER_ERRORS, PASSWORD_LIMITS } from './owner-endpoints.ts'

const issuer = await startIssuer()
const open = () => createAccountShop({ env: issuer.env })
type Shop = Awaited<ReturnType<typeof open>>

const NEXT = 'three green quiet boats'
const COGNITO = '/api/auth/sign-in/cognito'
const PASSKEY = '/api/auth/passkeys'

/** What an endpoint needs, sends and does. */
type Case = {
  /** What has to be there; returns the id in the path. */
  readonly before?: (shop: Shop, owner: Shopper) => Promise<string>
  readonly body?: Json
  readonly status: number
  /** The second step of the change, by the answer to the first. */
  readonly finish?: (owner: Shopper, first: Json) => Promise<Answer>
  readonly audit: string
  readonly subject: string
}

const turnOnApp = async (_: Shop, owner: Shopper): Promise<string> => {
  const { totp_uri } = (await owner.post('/api/auth/two-factor', { password: PASSWORD })).body
  await owner.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) })
  return ''
}
const addPasskey = async (owner: Shopper, options: Json): Promise<Answer> =>
  owner.post(PASSKEY, { name: 'Phone', response: createPasskey().register(options) })
/** Adds a passkey, and signs in with it. */
const signInWithNewPasskey = async (_: Shop, owner: Shopper): Promise<string> => {
  const passkey = createPasskey()
  const options = (await owner.post(`${PASSKEY}/options`, { password: PASSWORD })).body
  await owner.post(PASSKEY, { response: passkey.register(options) })
  const request = (await owner.post('/api/auth/sign-in/passkey/options')).body
  await owner.post('/api/auth/sign-in/passkey', { response: passkey.signIn(request) })
  return (await owner.get(PASSKEY)).body.items[0].passkey_id
}
const finishLink = (owner: Shopper, { url }: Json): Promise<Answer> =>
  owner.post(`${COGNITO}/finish`, issuer.signIn(url, { sub: crypto.randomUUID() }))
const link = async (_: Shop, owner: Shopper): Promise<string> => {
  const { body } = await owner.post(`${COGNITO}/link`, { password: PASSWORD })
  await finishLink(owner, body)
  return ''
}

/** Every endpoint that asks the owner again. A new one fails the tests below until it is here. */
const GUARDED: Readonly<Record<string, Case>> = {
  changePassword: {
    body: { password: NEXT },
    status: 204,
    audit: 'account.password',
    subject: 'Your password was changed',
  },
  changeEmail: {
    body: { email: 'new@example.com' },
    status: 202,
    audit: 'account.email.request',
    subject: 'A new email was entered for your account',
  },
  beginTotp: {
    status: 200,
    finish: (owner, { totp_uri }) => owner.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) }),
    audit: 'account.authenticator-app.on',
    subject: 'An authenticator app was turned on',
  },
  endTotp: {
    before: turnOnApp,
    status: 204,
    audit: 'account.authenticator-app.off',
    subject: 'Your authenticator app was turned off',
  },
  renewRecoveryCodes: {
    before: turnOnApp,
    status: 200,
    audit: 'account.recovery-codes',
    subject: 'New recovery codes were created',
  },
  passkeyOptions: {
    status: 200,
    finish: addPasskey,
    audit: 'account.passkey.add',
    subject: 'A passkey was added to your account',
  },
  removePasskey: {
    before: signInWithNewPasskey,
    status: 204,
    audit: 'account.passkey.remove',
    subject: 'A passkey was removed from your account',
  },
  linkCognito: {
    status: 200,
    finish: finishLink,
    audit: 'account.cognito.link',
    subject: 'Single sign-on was linked to your account',
  },
  unlinkCognito: {
    before: link,
    status: 204,
    audit: 'account.cognito.unlink',
    subject: 'Single sign-on was unlinked from your account',
  },
  exportMe: { status: 200, audit: 'account.export', subject: 'Your data was downloaded' },
  deleteMe: { status: 204, audit: 'account.erase', subject: 'Your account was deleted' },
}

/** Second steps of what an endpoint above begins: each of them refuses what was not begun so. */
const SECOND_STEPS: Readonly<Record<string, Json>> = {
  confirmTotp: { code: '123456' },
  addPasskey: { response: { id: 'a' } },
}

/** Endpoints of an account that add no way in and guard nothing: each is here on purpose. */
const OTHERS = [
  // The link is mailed to the new email, by a request that asked the owner.
  'confirmEmail',
  ...['listSessions', 'endSession', 'endOtherSessions', 'getSignInMethods', 'getTotp', 'listPasskeys'],
  ...['getProfile', 'changeProfile', 'listAddresses', 'saveAddress', 'changeAddress', 'removeAddress'],
]
/** Endpoints for anyone: a session gives them no more. */
const FOR_ANYONE = [
  ...['signUp', 'verifyEmail', 'resendVerification', 'signIn', 'signOut', 'whoAmI'],
  ...['forgotPassword', 'previewReset', 'resetPassword'],
  ...['signInWithCode', 'signInWithRecoveryCode', 'passkeySignInOptions', 'signInWithPasskey'],
  // Links an account only where `linkCognito` began it.
  ...['cognitoState', 'beginCognito', 'finishCognito'],
]

const ENDPOINTS: readonly Endpoint[] = ENDPOINT_GROUPS.accounts
const idsWhere = (matches: (endpoint: Endpoint) => boolean) =>
  ENDPOINTS.filter(matches)
    .map(({ id }) => id)
    .sort()

test('every endpoint of accounts is known here, and each that asks the owner counts wrong passwords', () => {
  const asksOwner = ({ reauthenticate }: Endpoint) =>
    reauthenticate !== undefined && reauthenticate !== 'second_factor'
  expect(idsWhere(asksOwner)).toEqual(Object.keys(GUARDED).sort())
  expect(idsWhere(one => one.reauthenticate === 'second_factor')).toEqual(Object.keys(SECOND_STEPS).sort())
  expect(idsWhere(one => one.access === 'account' && one.reauthenticate === undefined)).toEqual(
    [...OTHERS].sort(),
  )
  expect(idsWhere(one => one.access !== 'account')).toEqual([...FOR_ANYONE].sort())
  for (const endpoint of ENDPOINTS.filter(asksOwner)) {
    expect(endpoint.access, endpoint.id).toBe('account')
    expect(endpoint.limits, endpoint.id).toEqual(PASSWORD_LIMITS)
    expect(endpoint.errors, endpoint.id).toEqual(expect.arrayContaining([...OWNER_ERRORS]))
  }
})

const endpointOf = (id: string): Endpoint => {
  const found = ENDPOINTS.find(one => one.id === id)
  if (!found) throw new Error(`there is no endpoint ${id}`)
  return found
}

const shop = await open()
let owners = 0

/** Calls a guarded endpoint as this person, with this password. */
const call = (
  id: string,
  who: Shopper,
  password: string | undefined,
  passkeyId = 'none',
): Promise<Answer> => {
  const { method, path, reauthenticate } = endpointOf(id)
  const sent = password === undefined ? {} : { [String(reauthenticate)]: password }
  return who.call(method, path.replace('{passkey_id}', passkeyId), { ...GUARDED[id]?.body, ...sent })
}

test.each(Object.entries(GUARDED))(
  '%s: a borrowed session alone changes nothing; with the password it is audited and told by mail',
  async (id, { before, status, finish, audit, subject }) => {
    const email = `owner-${++owners}@example.com`
    const owner = await shop.member(email)
    const { user_id } = (await owner.get('/api/users/me')).body
    const needed = before && (await before(shop, owner))
    await shop.mail()
    const tables = await dumpTables(shop)
    expect(await call(id, owner, undefined, needed)).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_needed' },
    })
    expect(await call(id, owner, 'not the password', needed)).toMatchObject({
      status: 422,
      body: { code: 'password_wrong' },
    })
    expect(await dumpTables(shop)).toBe(tables)
    expect(await shop.mail()).toEqual([])
    const first = await call(id, owner, PASSWORD, needed)
    expect(first).toMatchObject({ status })
    if (finish) expect((await finish(owner, first.body)).status).toBeLessThan(300)
    const acts: string[] = []
    for await (const { what } of auditTrail(shop.deps.db, shop.names.control, `account:${user_id}`))
      acts.push(what)
    expect(acts.at(-1)).toBe(audit)
    const told = (await shop.mail()).filter(({ to }) => to === email)
    expect(told.map(one => one.subject)).toEqual([subject])
    expect(shop.reportedErrors).toEqual([])
  },
)

/** As many as one account may be asked for its password in 15 minutes. */
const PER_ACCOUNT = 7
const groups = Array.from({ length: Math.ceil(Object.keys(GUARDED).length / PER_ACCOUNT) }, (_, i) =>
  Object.keys(GUARDED).slice(i * PER_ACCOUNT, (i + 1) * PER_ACCOUNT),
)

test('a session that has not shown the second factor changes nothing, with the password either', async () => {
  const needed = { status: 403, body: { code: 'second_factor_needed' } }
  for (const [i, ids] of groups.entries()) {
    const email = `factor-${i}@example.com`
    await signInWithNewPasskey(shop, await shop.member(email))
    const thief = shop.visitor()
    expect((await shop.signIn(thief, email)).body).toEqual({ second_factor: false })
    await shop.mail()
    const tables = await dumpTables(shop)
    for (const id of ids) expect(await call(id, thief, PASSWORD), id).toMatchObject(needed)
    for (const [id, body] of Object.entries(SECOND_STEPS)) {
      const { method, path } = endpointOf(id)
      expect(await thief.call(method, path, body), id).toMatchObject(needed)
    }
    expect(await dumpTables(shop)).toBe(tables)
    expect(await shop.mail()).toEqual([])
  }
})

test('without a password, a sign-in with a passkey or at the issuer counts for five minutes', async () => {
  let time = new Date()
  const aging = await createAccountShop({ env: issuer.env, now: () => time })
  const jane = { sub: 'jane', email: 'jane@example.com', email_verified: true }
  const signInAgo = async (minutes: number): Promise<Shopper> => {
    const who = aging.visitor()
    const { url } = (await who.post(COGNITO, { again: true })).body
    expect(new URL(url).searchParams.get('prompt')).toBe('login')
    const auth_time = Math.floor(time.getTime() / 1000) - 60 * minutes
    await who.post(`${COGNITO}/finish`, issuer.signIn(url, jane, { claims: { auth_time } }))
    return who
  }
  // Remembered by the issuer: the session is new, but its owner need not be there.
  const remembered = await signInAgo(6)
  expect((await remembered.get('/api/auth/sign-in-methods')).body).toEqual({
    password: false,
    passkeys: 0,
    linked_identities: 1,
    authenticator_app: false,
    proof: 'recent_sign_in',
  })
  await aging.mail()
  const tables = await dumpTables(aging)
  for (const id of groups[0] ?? [])
    expect(await call(id, remembered, undefined), id).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_needed' },
    })
  // Nor does a password help that the account does not have.
  expect((await call('deleteMe', remembered, PASSWORD)).body.code).toBe('reauthentication_needed')
  expect(await dumpTables(aging)).toBe(tables)
  const present = await signInAgo(4)
  expect((await present.get('/api/auth/sign-in-methods')).body.proof).toBe('none')
  expect((await call('exportMe', present, undefined)).status).toBe(200)
  time = new Date(time.getTime() + 2 * 60_000)
  expect((await call('exportMe', present, undefined)).body.code).toBe('reauthentication_needed')
})

test('the first password of an account is set by its owner, and from then on it is asked for', async () => {
  const owner = await shop.account()
  const { userId } = owner
  expect((await call('changePassword', owner, undefined)).status).toBe(204)
  expect((await owner.get('/api/auth/session')).body.signed_in).toBe(true)
  expect((await call('exportMe', owner, undefined)).body.code).toBe('reauthentication_needed')
  expect((await call('exportMe', owner, NEXT)).status).toBe(200)
  expect((await owner.get('/api/users/me')).body.user_id).toBe(userId)
})

test('a passkey is added only with options that were given for the password', async () => {
  const owner = await shop.member('challenge@example.com')
  // Options for a sign-in are given to anyone, also to a borrowed session.
  const options = (await owner.post('/api/auth/sign-in/passkey/options')).body
  const tables = await dumpTables(shop)
  expect((await addPasskey(owner, options)).body.code).toBe('passkey_refused')
  expect((await owner.get(PASSKEY)).body.items).toEqual([])
  expect((await dumpTables(shop)).includes('credentialID')).toBe(tables.includes('credentialID'))
})

test('a change of password leaves the session a second factor that it has shown', async () => {
  const owner = await shop.member('staying@example.com')
  await turnOnApp(shop, owner)
  expect((await call('changePassword', owner, PASSWORD)).status).toBe(204)
  expect((await owner.get('/api/auth/session')).body.second_factor).toBe(true)
})

test('a request that shows two sessions, each to another parser, is asked about the one that it works in', async () => {
  const [owner, other] = [await shop.member('shown@example.com'), await shop.member('hidden@example.com')]
  const [mine = '', theirs = ''] = [owner.cookie(), other.cookie()].map(cookie => cookie?.split('; ')[0])
  const spaced = theirs.replace('=', ' =')
  const quoted = theirs.replace(/=(.*)/, '="$1"')
  for (const cookie of [spaced, quoted].flatMap(one => [`${mine}; ${one}`, `${one}; ${mine}`])) {
    const answer = await owner.call('POST', `${PASSKEY}/options`, { password: PASSWORD }, { cookie })
    expect(answer.status === 200 ? answer.body.user.name : 'refused', cookie).not.toContain('hidden')
  }
})
