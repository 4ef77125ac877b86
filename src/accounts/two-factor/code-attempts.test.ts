/** Wrong codes of a second factor: ten, however many are sent at once. */
import { expect, test } from 'vitest'
import { createAccountShop, nextTotpWindow, PASSWORD, totpCode } from '../../../test/accounts.ts'

const EMAIL = 'jane@example.com'

/** A shop with an account that has an authenticator app, and a function that begins a sign-in with its password. */
const createGuarded = async () => {
  const time = { ahead: 0 }
  const shop = await createAccountShop({ now: () => new Date(Date.now() + time.ahead) })
  const jane = await shop.member(EMAIL)
  const { totp_uri, recovery_codes } = (await jane.post('/api/auth/two-factor', { password: PASSWORD })).body
  await jane.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) })
  const challenge = async () => {
    const visitor = shop.visitor()
    expect((await shop.signIn(visitor, EMAIL)).body).toEqual({ second_factor: true })
    const send = async (kind: 'code' | 'recovery-code', code: string) => {
      const { status, body } = await visitor.post(`/api/auth/sign-in/${kind}`, { code })
      return status === 200 ? 'signed in' : String(body.code)
    }
    /** Sends a wrong code with the cookie of the challenge in another spelling. */
    const spelled = async (spell: (value: string) => string) => {
      const cookie = (visitor.cookie() ?? '').replace(
        /(cloudshelf_second_factor)=([^;]*)/,
        (_, name, value) => name + spell(value),
      )
      return String(
        (await visitor.call('POST', '/api/auth/sign-in/code', { code: '000000' }, { cookie })).body.code,
      )
    }
    return { wrong: () => send('code', '000000'), send, spelled }
  }
  return { shop, challenge, totp_uri, recovery_codes, time }
}

const count = (answers: readonly string[], code: string) => answers.filter(one => one === code).length

test('of wrong codes at the same time, ten are compared, and then none for 15 minutes, not even a right one', async () => {
  const { shop, challenge, totp_uri, recovery_codes, time } = await createGuarded()
  const challenges = await Promise.all(Array.from({ length: 9 }, challenge))
  const [first, second, ...others] = challenges
  const answers: string[] = []
  for (const one of [first, first, first, first, second, second, second, second, others[0]])
    answers.push((await one?.wrong()) ?? '')
  expect(count(answers, 'code_wrong')).toBe(9)
  // A counter that is read before the code is compared, and written after, lets all of these through.
  const atOnce = await Promise.all(
    others.map((one, i) => (i % 2 === 0 ? one.wrong() : one.send('recovery-code', 'wrong-code-here'))),
  )
  expect(count(atOnce, 'code_wrong')).toBe(1)
  expect(count(atOnce, 'too_many_requests')).toBe(others.length - 1)
  expect(await others[1]?.send('recovery-code', recovery_codes[0])).toBe('too_many_requests')
  time.ahead = 15 * 60_000 + 1_000
  const later = await challenge()
  expect(await later.wrong()).toBe('code_wrong')
  expect(await later.send('code', totpCode(totp_uri, nextTotpWindow()))).toBe('signed in')
  expect(shop.reportedErrors).toEqual([])
})

test('a right code takes the count back', async () => {
  const { challenge, recovery_codes } = await createGuarded()
  for (const code of recovery_codes.slice(0, 3)) {
    const one = await challenge()
    for (let n = 0; n < 4; n++) expect(await one.wrong()).toBe('code_wrong')
    expect(await one.send('recovery-code', code)).toBe('signed in')
  }
})

test('a code is never compared uncounted, however the cookie of the sign-in is spelled', async () => {
  const { challenge } = await createGuarded()
  const spellings = [
    (value: string) => `="${value}"`,
    (value: string) => ` =${value}`,
    (value: string) => `=%32${value.slice(1)}`,
    (value: string) => `=; cloudshelf_second_factor =${value}`,
  ]
  for (const spell of spellings) expect(await (await challenge()).spelled(spell)).toBe('sign_in_failed')
})
