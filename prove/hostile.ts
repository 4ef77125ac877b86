/** Hostile input, strangers, forged tokens and bent cursors (15 to 19): the tests of it, and the full count of them. */
import { endpoints } from '../src/endpoints.ts'
import { walks } from './pages.ts'
import type { Promised, Proof, Run } from './run.ts'
import { runTests } from './suite.ts'

type Hostile = Omit<Promised, 'prove' | 'inSuite'> & {
  readonly tried: string
  readonly files: readonly string[]
}

const hostilePromisesOf: readonly Hostile[] = [
  {
    number: 15,
    promise: 'Nobody reads or changes what is another’s',
    pass: 'every answer as the declared policy has it; what is another’s is not found',
    tried: `${endpoints.length} endpoints × callers of each kind, from the list of endpoints`,
    files: ['src/http/policy.test.ts', 'src/http/owners.test.ts', 'src/openapi/document.test.ts'],
  },
  {
    number: 16,
    promise: 'No extra field gets in or out',
    pass: 'every forbidden field a 400 and nothing stored; no answer with a field that is not declared',
    tried: 'each body with fields too many, and each answer against its schema',
    files: ['src/http/bad-bodies.test.ts', 'src/http/served.test.ts'],
  },
  {
    number: 17,
    promise: 'Bad input never breaks the shop',
    pass: 'no 5xx, none over 2 s, nothing written by what is refused, nothing of the inside told',
    tried: 'bad bodies, addresses, headers, files and states at every endpoint',
    files: ['src/http/bad-bodies.test.ts', 'src/http/bad-addresses.test.ts', 'src/accounts/hostile.test.ts'],
  },
  {
    number: 19,
    promise: 'Tokens are checked fully',
    pass: 'none that is forged, expired, planted or ended is accepted',
    tried: 'forged and dead sessions, forged identity tokens of Cognito, planted cookies, links used twice',
    files: ['src/accounts/sessions.test.ts', 'src/accounts/cognito.test.ts', 'src/accounts/email.test.ts'],
  },
]

const cursors: Promised = {
  number: 18,
  promise: 'Cursors cannot be bent',
  pass: 'every bent cursor a 400; a walk while others write meets each entry that was there once',
  prove: async (run): Promise<Proof> => {
    const { quick } = run
    const suite = await runTests(run, ['src/http/cursor.test.ts'])
    const [books, orders] = quick ? [120, 16] : [1_007, 120]
    const sizes = quick ? [7, 50] : [1, 7, 50]
    const { missed, pages, added, naive } = await walks(books, orders, sizes)
    return {
      tried: `more than 2,000 cursors with bits, letters, routes and owners exchanged (src/http/cursor.test.ts); ${pages} pages of ${books} books and ${orders} orders at sizes ${sizes.join(', ')}, ${added} books put between`,
      found: `${suite.found}; ${missed} entries missed or met twice`,
      holds: suite.holds && missed === 0,
      control: { found: `${naive} of ${books} missed or met twice by offsets`, failed: naive > 0 },
    }
  },
}

export const hostilePromises: readonly Promised[] = [
  ...hostilePromisesOf.map(({ files, tried, ...promised }) => ({
    ...promised,
    inSuite: true,
    prove: async (run: Run): Promise<Proof> => ({
      tried: `${tried} (${files.join(', ')})`,
      ...(await runTests(run, files)),
    }),
  })),
  cursors,
]
