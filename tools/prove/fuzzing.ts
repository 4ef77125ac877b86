/** Hostile input, strangers, forged tokens and bent cursors (15 to 19): one run of `tools/fuzz`, told by promise. */
import { fuzz, type Row } from '../fuzz/fuzz.ts'
import type { Promised, Proof, Run } from './guarantee.ts'
import { walks } from './pagination.ts'
import { runTests } from './suite-guarantees.ts'

let rows: Promise<Row[]> | undefined

/** What was tried of these promises, and what came of it; everything hostile is run once, for all of them. */
const tell = async ({ quick, seed, withSuite }: Run, numbers: readonly number[]): Promise<Proof> => {
  // The suite has its own short run of it.
  if (!withSuite) return { tried: 'tools/fuzz', found: 'the suite runs it itself', holds: true }
  rows ??= fuzz({ quick, seed })
  const mine = (await rows).filter(({ promise }) => numbers.includes(promise))
  const faults = mine.flatMap(one => one.faults)
  const [first] = faults
  return {
    tried: mine.map(({ count, what }) => `${count} ${what}`).join('; '),
    found: `${mine.map(({ what, figure }) => `${what}: ${figure}`).join('; ')}${first ? `; ${first.fault}: ${first.request}` : ''}`,
    holds: mine.length > 0 && mine.every(({ pass }) => pass),
    figures: { requests: mine.reduce((sum, { count }) => sum + count, 0), faults: faults.length },
  }
}

const bySuite: readonly Omit<Promised, 'prove' | 'inSuite'>[] = [
  {
    number: 15,
    promise: 'Nobody reads or changes what is another’s',
    pass: 'every answer as the declared policy has it; what is another’s is not found',
  },
  {
    number: 16,
    promise: 'No extra field gets in or out',
    pass: 'every forbidden field refused and nothing stored; no answer with a field that is not declared',
  },
  {
    number: 17,
    promise: 'Bad input never breaks the shop',
    pass: 'no 5xx, none over 2 s, nothing written by what is refused, nothing of the inside told',
  },
  {
    number: 19,
    promise: 'Tokens are checked fully',
    pass: 'none that is forged, expired, planted or ended is accepted',
  },
]

const TOKENS = [
  'src/accounts/sessions.test.ts',
  'src/accounts/cognito/oidc.test.ts',
  'src/accounts/email.test.ts',
]

const cursors: Promised = {
  number: 18,
  promise: 'Cursors cannot be bent',
  pass: 'every bent cursor a 400; a walk while others write meets each entry that was there once',
  prove: async run => {
    const bent = await tell(run, [18])
    const suite = await runTests(run, ['src/http/cursor.test.ts'])
    const [books, orders] = run.quick ? [120, 16] : [1_007, 120]
    const sizes = run.quick ? [7, 50] : [1, 7, 50]
    const { missed, pages, added, naive } = await walks(books, orders, sizes)
    return {
      tried: `${bent.tried}; more than 2,000 with single bits and letters exchanged (src/http/cursor.test.ts); ${pages} pages of ${books} books and ${orders} orders at sizes ${sizes.join(', ')}, ${added} books put between`,
      found: `${bent.found}; ${suite.found}; ${missed} entries missed or met twice`,
      holds: bent.holds && suite.holds && missed === 0,
      control: { found: `${naive} of ${books} missed or met twice by offsets`, failed: naive > 0 },
    }
  },
}

export const hostilePromises: readonly Promised[] = [
  ...bySuite.map(promised => ({
    ...promised,
    inSuite: true,
    prove: async (run: Run): Promise<Proof> => {
      const told = await tell(run, promised.number === 17 ? [17, 4] : [promised.number])
      if (promised.number !== 19) return told
      const suite = await runTests(run, TOKENS)
      return {
        ...told,
        tried: `${told.tried}; identity tokens, sessions and links (${TOKENS.join(', ')})`,
        found: `${told.found}; ${suite.found}`,
        holds: told.holds && suite.holds,
      }
    },
  })),
  cursors,
]
