/** Guarantee 13: neither responses nor their timing reveal whether an account exists (account enumeration, timing attack). */

import { createPasswordCredential } from '#src/accounts/password-credential.ts'
import { hashPassword } from '#src/accounts/passwords.ts'
import { createAccountShop, PASSWORD } from '../../test/accounts.ts'
import { median } from '../bench/measure.ts'
import type { Guarantee } from './guarantee.ts'
import { watchOtherWork } from './other-work.ts'
import { runTests } from './suite-guarantees.ts'

/** Accuracy of the best timing attack: the share of right guesses at the best threshold. */
const bestGuess = (known: readonly number[], unknown: readonly number[]): number => {
  const all = [...known.map(ms => ({ ms, known: 1 })), ...unknown.map(ms => ({ ms, known: 0 }))]
  all.sort((a, b) => a.ms - b.ms)
  let [knownBelow, unknownBelow, best] = [0, 0, 0]
  for (const one of all) {
    if (one.known) knownBelow++
    else unknownBelow++
    const right = (unknownBelow + known.length - knownBelow) / all.length
    best = Math.max(best, right, 1 - right)
  }
  return best
}

const accountEnumeration: Guarantee = {
  number: 13,
  inSuite: true,
  title: 'Responses and their timing do not reveal accounts',
  criterion:
    'same status, headers, body, password hashes and table calls in every short sequence of requests about a known and an unknown address; median times within 10 %, and a timing attack guesses right in at most 58 %',
  prove: async run => {
    const suite = await runTests(run, ['src/accounts/account-enumeration.test.ts'])
    const each = run.quick ? 0 : 300
    const shop = await createAccountShop()
    const at = new Date().toISOString()
    const findings: string[] = []
    const findOtherWork = watchOtherWork()
    let isEven = true
    if (each > 0) {
      const stored = await hashPassword('the password of its owner')
      for (let i = 0; i < each; i++) {
        const id = `user-known-${i}`
        const user = { id, email: `known-${i}@example.com`, name: '', createdAt: at, updatedAt: at }
        await shop.deps.db.transact([
          ...shop.deps.records.creationWrites('user', {
            ...user,
            emailVerified: true,
            accountStatus: 'active',
          }),
          ...shop.deps.records.creationWrites('account', createPasswordCredential(id, stored, at)),
        ])
      }
    }
    const credentials = (email: string) => ({ email, password: PASSWORD })
    const paths: [string, string, (email: string) => object][] = [
      ['sign-in', '/api/auth/sign-in', credentials],
      ['forgot', '/api/auth/password/forgot', email => ({ email })],
      ['sign-up', '/api/auth/sign-up', credentials],
      // By now each unknown email has an account that is not confirmed, with this very password.
      ['sign-in after sign-up', '/api/auth/sign-in', credentials],
    ]
    for (const [name, path, body] of each > 0 ? paths : []) {
      const spent: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
      const time = async (kind: 'known' | 'unknown', i: number): Promise<void> => {
        const since = performance.now()
        await shop.visitor().post(path, body(`${kind}-${i}@example.com`))
        spent[kind].push(performance.now() - since)
      }
      await time('unknown', 100_000)
      spent.unknown.length = 0
      for (let i = 0; i < each; i++) {
        // Random order, so that both kinds meet the same conditions.
        const order = run.random() < 0.5 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
        for (const kind of order) await time(kind, i)
      }
      const [known, unknown] = [median(spent.known), median(spent.unknown)]
      const guess = bestGuess(spent.known, spent.unknown)
      if (Math.abs(known / unknown - 1) > 0.1 || guess > 0.58) isEven = false
      findings.push(
        `${name} ${known.toFixed(1)} and ${unknown.toFixed(1)} ms, timing attack right in ${(100 * guess).toFixed(0)} %`,
      )
    }
    const busy = isEven ? undefined : findOtherWork()
    return {
      method: `all pairs and some longer sequences of sign-up, sign-in, password reset, resend, order look-up, change of email and export, about unknown addresses and six kinds of known ones (src/accounts/account-enumeration.test.ts)${each ? `; timing of ${each} requests of each kind, alternating` : ''}`,
      result: [suite.result, ...findings].join('; '),
      holds: suite.holds && (isEven || busy !== undefined),
      ...(busy === undefined ? {} : { undecided: busy }),
    }
  },
}

export const enumerationGuarantees = [accountEnumeration]
