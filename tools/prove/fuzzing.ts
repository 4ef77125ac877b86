/** Guarantees 15 to 19, tested by one run of `tools/fuzz` whose passes are grouped by guarantee. */
import { fuzz, type PassResult } from '../fuzz/fuzz.ts'
import type { Guarantee, Proof, Run } from './guarantee.ts'
import { runWalks } from './pagination.ts'
import { runTests } from './suite-guarantees.ts'

let results: Promise<PassResult[]> | undefined

/** Summarizes the fuzzing passes of these guarantees; all passes run once, at the first call. */
const summarizePasses = async (
  { quick, seed, withSuite }: Run,
  numbers: readonly number[],
): Promise<Proof> => {
  // The suite runs its own short fuzzing run.
  if (!withSuite) return { method: 'tools/fuzz', result: 'the suite runs it itself', holds: true }
  results ??= fuzz({ quick, seed })
  const mine = (await results).filter(({ guarantee }) => numbers.includes(guarantee))
  const faults = mine.flatMap(one => one.faults)
  const [first] = faults
  return {
    method: mine.map(({ count, title }) => `${count} ${title}`).join('; '),
    result: `${mine.map(({ title, figure }) => `${title}: ${figure}`).join('; ')}${first ? `; ${first.fault}: ${first.request}` : ''}`,
    holds: mine.length > 0 && mine.every(({ pass }) => pass),
    figures: { requests: mine.reduce((sum, { count }) => sum + count, 0), faults: faults.length },
  }
}

const FUZZED: readonly Omit<Guarantee, 'prove' | 'inSuite'>[] = [
  {
    number: 15,
    title: 'Authorization: no access to other people’s data',
    criterion:
      'every response follows the endpoint’s declared access; other people’s data is answered as not found',
  },
  {
    number: 16,
    title: 'No undeclared field gets in or out',
    criterion: 'every unknown field is refused and nothing is stored; no response has an undeclared field',
  },
  {
    number: 17,
    title: 'Invalid input never breaks the shop',
    criterion:
      'no 5xx, no response over 2 s (in proportion where constant answers are slower than on an idle machine), no write by a refused request, no internals in responses',
  },
  {
    number: 19,
    title: 'Forged or expired tokens are refused',
    criterion: 'no forged, expired, planted or revoked token is accepted',
  },
]

const TOKEN_TESTS = [
  'src/accounts/sessions.test.ts',
  'src/accounts/cognito/oidc.test.ts',
  'src/accounts/email.test.ts',
]

const cursors: Guarantee = {
  number: 18,
  title: 'Pagination cursors cannot be tampered with',
  criterion:
    'every tampered cursor is answered 400; paging during concurrent writes returns each existing entry exactly once',
  prove: async run => {
    const bent = await summarizePasses(run, [18])
    const suite = await runTests(run, ['src/http/cursor.test.ts'])
    const [books, orders] = run.quick ? [120, 16] : [1_007, 120]
    const sizes = run.quick ? [7, 50] : [1, 7, 50]
    const { missed, pages, added, naive } = await runWalks(books, orders, sizes)
    return {
      method: `${bent.method}; more than 2,000 with single bits or letters changed (src/http/cursor.test.ts); ${pages} pages of ${books} books and ${orders} orders at sizes ${sizes.join(', ')}, ${added} books added in between`,
      result: `${bent.result}; ${suite.result}; ${missed} entries missed or repeated`,
      holds: bent.holds && suite.holds && missed === 0,
      control: {
        result: `${naive} of ${books} missed or repeated with offset pagination`,
        failed: naive > 0,
      },
    }
  },
}

export const fuzzingGuarantees: readonly Guarantee[] = [
  ...FUZZED.map(guarantee => ({
    ...guarantee,
    inSuite: true,
    prove: async (run: Run): Promise<Proof> => {
      const told = await summarizePasses(run, guarantee.number === 17 ? [17, 4] : [guarantee.number])
      if (guarantee.number !== 19) return told
      const suite = await runTests(run, TOKEN_TESTS)
      return {
        ...told,
        method: `${told.method}; identity tokens, sessions and links (${TOKEN_TESTS.join(', ')})`,
        result: `${told.result}; ${suite.result}`,
        holds: told.holds && suite.holds,
      }
    },
  })),
  cursors,
]
