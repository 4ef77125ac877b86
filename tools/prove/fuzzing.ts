/** Hostile input, strangers, forged tokens and bent cursors (15 to 19): one run of `tools/fuzz`, told by promise. */
import { fuzz, type Row } from '../fuzz/fuzz.ts'
import type { Guarantee, Proof, Run } from './guarantee.ts'
import { runWalks } from './pagination.ts'
import { runTests } from './suite-guarantees.ts'

let rows: Promise<Row[]> | undefined

/** What was tried of these promises, and what came of it; everything hostile is run once, for all of them. */
const summarizePasses = async (
  { quick, seed, withSuite }: Run,
  numbers: readonly number[],
): Promise<Proof> => {
  // The suite has its own short run of it.
  if (!withSuite) return { method: 'tools/fuzz', result: 'the suite runs it itself', holds: true }
  rows ??= fuzz({ quick, seed })
  const mine = (await rows).filter(({ promise }) => numbers.includes(promise))
  const faults = mine.flatMap(one => one.faults)
  const [first] = faults
  return {
    method: mine.map(({ count, what }) => `${count} ${what}`).join('; '),
    result: `${mine.map(({ what, figure }) => `${what}: ${figure}`).join('; ')}${first ? `; ${first.fault}: ${first.request}` : ''}`,
    holds: mine.length > 0 && mine.every(({ pass }) => pass),
    figures: { requests: mine.reduce((sum, { count }) => sum + count, 0), faults: faults.length },
  }
}

const FUZZED: readonly Omit<Guarantee, 'prove' | 'inSuite'>[] = [
  {
    number: 15,
    title: 'Nobody reads or changes what is another’s',
    criterion: 'every answer as the declared policy has it; what is another’s is not found',
  },
  {
    number: 16,
    title: 'No extra field gets in or out',
    criterion:
      'every forbidden field refused and nothing stored; no answer with a field that is not declared',
  },
  {
    number: 17,
    title: 'Bad input never breaks the shop',
    criterion: 'no 5xx, none over 2 s, nothing written by what is refused, nothing of the inside told',
  },
  {
    number: 19,
    title: 'Tokens are checked fully',
    criterion: 'none that is forged, expired, planted or ended is accepted',
  },
]

const TOKEN_TESTS = [
  'src/accounts/sessions.test.ts',
  'src/accounts/cognito/oidc.test.ts',
  'src/accounts/email.test.ts',
]

const cursors: Guarantee = {
  number: 18,
  title: 'Cursors cannot be bent',
  criterion: 'every bent cursor a 400; a walk while others write meets each entry that was there once',
  prove: async run => {
    const bent = await summarizePasses(run, [18])
    const suite = await runTests(run, ['src/http/cursor.test.ts'])
    const [books, orders] = run.quick ? [120, 16] : [1_007, 120]
    const sizes = run.quick ? [7, 50] : [1, 7, 50]
    const { missed, pages, added, naive } = await runWalks(books, orders, sizes)
    return {
      method: `${bent.method}; more than 2,000 with single bits and letters exchanged (src/http/cursor.test.ts); ${pages} pages of ${books} books and ${orders} orders at sizes ${sizes.join(', ')}, ${added} books put between`,
      result: `${bent.result}; ${suite.result}; ${missed} entries missed or met twice`,
      holds: bent.holds && suite.holds && missed === 0,
      control: { result: `${naive} of ${books} missed or met twice by offsets`, failed: naive > 0 },
    }
  },
}

export const fuzzingGuarantees: readonly Guarantee[] = [
  ...FUZZED.map(promised => ({
    ...promised,
    inSuite: true,
    prove: async (run: Run): Promise<Proof> => {
      const told = await summarizePasses(run, promised.number === 17 ? [17, 4] : [promised.number])
      if (promised.number !== 19) return told
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
