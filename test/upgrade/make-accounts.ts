/** Accounts of a fixture, opened over the HTTP API: staff, customers with every kind of sign-in, and mailed links that are not spent. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import PostalMime from 'postal-mime'
import { totpCode } from '../accounts.ts'
import type { startIssuer } from '../oidc-issuer.ts'
import { createPasskey } from './authenticator.ts'
import { runCommand } from './folder.ts'
import { type Answer, createVisitor, type Visitor } from './visitor.ts'

/** A running shop that a fixture is made with. */
export type Making = {
  readonly url: string
  readonly publicUrl: string
  readonly dataDir: string
  readonly issuer: Awaited<ReturnType<typeof startIssuer>>
}

/** The answer, if it is a success. */
export const ok = async (answering: Promise<Answer>): Promise<Answer> => {
  const answer = await answering
  if (answer.status >= 200 && answer.status < 300) return answer
  throw new Error(`the shop answers ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** The token of the link to `page` in a mail to this address, as soon as the mail lies in the outbox folder. */
export const mailedToken = async (
  { dataDir }: Pick<Making, 'dataDir'>,
  email: string,
  page: string,
): Promise<string> => {
  const folder = join(dataDir, 'outbox')
  for (let tries = 0; tries < 200; tries++) {
    const names = await Promise.resolve()
      .then(() => readdirSync(folder))
      .catch(() => [])
    for (const name of names.filter(one => one.endsWith('.eml'))) {
      const { to = [], text = '' } = await PostalMime.parse(readFileSync(join(folder, name)))
      const token = new RegExp(`/${page}\\?token=([\\w-]{43})`).exec(text)?.[1]
      if (token !== undefined && to.some(one => one.address === email)) return token
    }
    await sleep(50)
  }
  throw new Error(`there is no mail to ${email} with a link to ${page}`)
}

const userIdOf = async (who: Visitor): Promise<string> =>
  String((await ok(who.get('/api/users/me'))).body.user_id)

type Named = { readonly first_name: string; readonly last_name: string }

/** A customer who has signed up, confirmed the address and signed in. */
export const makeCustomer = async (making: Making, email: string, password: string, names: Named) => {
  const who = createVisitor(making.url)
  await ok(who.post('/api/auth/sign-up', { email, password, ...names }))
  const token = await mailedToken(making, email, 'verify-email')
  await ok(who.post('/api/auth/verify-email', { token, password }))
  await ok(who.post('/api/auth/sign-in', { email, password }))
  return { who, account: { email, password, user_id: await userIdOf(who) } }
}

/** Turns an authenticator app on; the code is confirmed at once. */
export const turnOnTotp = async (who: Visitor, password: string) => {
  const { body } = await ok(who.post('/api/auth/two-factor', { password }))
  await ok(who.post('/api/auth/two-factor/confirm', { code: totpCode(body.totp_uri) }))
  return { totp_uri: String(body.totp_uri), recovery_codes: body.recovery_codes as string[] }
}

/** Staff or an admin, made by the command that is given, with password and second factor. */
export const makeStaff = async (
  making: Making,
  command: readonly string[],
  email: string,
  password: string,
) => {
  const { link, user_id } = await runCommand(making.dataDir, command)
  const who = createVisitor(making.url)
  const token = new URL(link).searchParams.get('token')
  await ok(who.post('/api/auth/password/reset', { token, password }))
  await ok(who.post('/api/auth/sign-in', { email, password }))
  const { totp_uri } = await turnOnTotp(who, password)
  return { who, account: { email, password, user_id: String(user_id), totp_uri } }
}

export const makeAda = async (making: Making) => {
  const password = 'seven violet engine wheels'
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  const { who, account } = await makeCustomer(making, 'ada@example.com', password, names)
  const home = {
    name: 'Ada Lovelace',
    street: '12 Analytical Row',
    city: 'London',
    postal_code: 'W1G 7AA',
    country: 'GB',
  }
  await ok(who.call('PATCH', '/api/users/me', { phone: '+44 20 5550 1815', address: home }))
  const work = {
    name: 'Ada Lovelace',
    street: '5 Engine Yard',
    line2: 'Floor 2',
    city: 'Boston',
    state: 'MA',
    postal_code: '02110',
    country: 'US',
  }
  const addresses = []
  for (const address of [home, work])
    addresses.push((await ok(who.post('/api/users/me/addresses', address))).body)
  const { totp_uri, recovery_codes } = await turnOnTotp(who, password)
  const [spent = '', unspent = ''] = recovery_codes
  const elsewhere = createVisitor(making.url)
  await ok(elsewhere.post('/api/auth/sign-in', { email: account.email, password }))
  await ok(elsewhere.post('/api/auth/sign-in/recovery-code', { code: spent }))
  const half = createVisitor(making.url)
  await ok(half.post('/api/auth/sign-in', { email: account.email, password }))
  const ada = {
    ...account,
    ...names,
    totp_uri,
    recovery_code: unspent,
    spent_recovery_code: spent,
    half_signed_in: half.cookies(),
    addresses,
  }
  return { who, ada }
}

/** Repeats a request that the shop refuses until its rate limit is used up. */
const useUp = async (what: string, ask: () => Promise<Answer>): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) if ((await ask()).status === 429) return
  throw new Error(`${what}: not limited`)
}

export const makeBen = async (making: Making) => {
  const password = 'eleven copper kettle songs'
  const names = { first_name: 'Ben', last_name: 'Okri' }
  const { who, account } = await makeCustomer(making, 'ben@example.com', password, names)
  // Asked for before the passkey: from then on only a session that has shown it may change the sign-in.
  const begun = await ok(who.post('/api/auth/sign-in/cognito/link', { password }))
  const person = { sub: 'subject-of-ben', email: account.email, email_verified: true }
  await ok(who.post('/api/auth/sign-in/cognito/finish', making.issuer.signIn(String(begun.body.url), person)))
  const newEmail = 'ben.new@example.com'
  await ok(who.post('/api/auth/email/change', { email: newEmail, password }))
  const options = (await ok(who.post('/api/auth/passkeys/options', { password }))).body
  const { passkey, response } = createPasskey(String(options.challenge), making.publicUrl)
  await ok(who.post('/api/auth/passkeys', { name: 'Laptop', response }))
  // Counted by email address, for browsers that have not signed in with it before.
  const guess = { email: account.email, password: 'a wrong guess' }
  await useUp('sign-in', () => createVisitor(making.url).post('/api/auth/sign-in', guess))
  // Counted by network. One sign-in with Cognito stays begun.
  await ok(createVisitor(making.url).post('/api/auth/sign-in/cognito', { next: '/account' }))
  await useUp('sign-in with Cognito', () =>
    createVisitor(making.url).post('/api/auth/sign-in/cognito/finish', { state: 'unknown' }),
  )
  return {
    ...account,
    cookies: who.cookies(),
    passkey: { ...passkey, name: 'Laptop' },
    new_email: newEmail,
    change_email_token: await mailedToken(making, newEmail, 'confirm-address'),
  }
}

/** A sign-up whose link is not opened yet. */
export const makeUna = async (making: Making) => {
  const una = { email: 'una@example.com', password: 'nine silver paper boats' }
  await ok(createVisitor(making.url).post('/api/auth/sign-up', una))
  return { ...una, token: await mailedToken(making, una.email, 'verify-email') }
}

/** A password reset whose link is not opened yet. */
export const makeRita = async (making: Making) => {
  const names = { first_name: 'Rita', last_name: 'Dove' }
  const { who, account } = await makeCustomer(making, 'rita@example.com', 'three amber window lamps', names)
  await ok(who.post('/api/auth/password/forgot', { email: account.email }))
  // Counted by account.
  await useUp('password', () => who.post('/api/auth/passkeys/options', { password: 'a wrong guess' }))
  return {
    ...account,
    cookies: who.cookies(),
    token: await mailedToken(making, account.email, 'reset-password'),
  }
}
