/** Guarantees that tests of the suite prove at full count; they are run here so that one command covers all. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../test/kit.ts'
import type { Guarantee, Proof, Run } from './guarantee.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const VITEST = join(PROJECT, 'node_modules/vitest/vitest.mjs')
const MAX_MS = 10 * 60_000

type Results = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly success: boolean
  readonly testResults: readonly {
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const runVitest = (args: readonly string[]): Promise<string> =>
  new Promise(done => {
    const child = spawn(process.execPath, [VITEST, 'run', ...args], {
      cwd: PROJECT,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: MAX_MS,
    })
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    child.once('exit', () => done(said))
  })

/** Runs test files with Vitest and counts passed and failed tests. */
export const runTests = async (
  { withSuite }: Pick<Run, 'withSuite'>,
  files: readonly string[],
): Promise<Pick<Proof, 'result' | 'holds'>> => {
  if (!withSuite) return { result: 'the suite runs its tests itself', holds: true }
  const output = join(temporaryFolder(), 'results.json')
  const said = await runVitest([...files, '--reporter=json', `--outputFile=${output}`])
  let results: Results
  try {
    results = JSON.parse(readFileSync(output, 'utf8')) as Results
  } catch {
    return { result: `the tests could not be run: ${said.slice(-300)}`, holds: false }
  }
  const { numPassedTests: passed, numFailedTests: failed, success } = results
  const [first] = results.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
  // A file can fail although its tests pass, for example because of a secret in its log.
  const why = first?.fullName ?? results.testResults.find(({ message }) => message)?.message?.slice(0, 300)
  return {
    result: `${passed} tests passed, ${failed} failed${success ? '' : `: ${why ?? said.slice(-300)}`}`,
    holds: success && passed > 0,
  }
}

type SuiteGuarantee = Omit<Guarantee, 'prove' | 'inSuite'> & {
  readonly method: string
  readonly files: readonly string[]
  /** Result of the naive implementation, which one of these tests requires to fail. */
  readonly naive?: string
}

const SUITE_GUARANTEES: readonly SuiteGuarantee[] = [
  {
    number: 8,
    title: 'Money is exact',
    criterion: 'no difference from exact integer arithmetic',
    method:
      '20,000 random carts of 1 to 50 lines, at rates of 0 to 25 %; 20,000 amounts parsed and formatted back',
    files: ['src/cart/pricing.test.ts', 'src/core/money.test.ts'],
    naive: 'floating-point sums are wrong in more than 50 of 500 carts',
  },
  {
    number: 20,
    title: 'Every order is confirmed by email',
    criterion:
      'at least one mail per order, a second one only if a worker was killed; undeliverable mail becomes a dead letter and does not block others',
    method:
      '500 orders, a mail server that fails 30 % and hangs 10 %, 50 kills of the worker, poison messages, ten workers on one message',
    files: ['src/notifications/worker.test.ts'],
  },
  {
    number: 24,
    title: 'Logs contain no secrets',
    criterion: 'no password, cookie, token or address in any log or error report; a planted one is detected',
    method:
      'logs and error reports compared with everything that shoppers sent and received: here for a running shop, in the suite after every test file',
    files: ['test/log-leaks.test.ts', 'src/accounts/sign-in.test.ts', 'src/orders/checkout.test.ts'],
    naive: 'each of 7 planted secrets is detected',
  },
  {
    number: 27,
    title: 'Pages are protected in the browser',
    criterion:
      'a strict content security policy without inline scripts on every page, no private page cached, no injected script executed',
    method: 'headers of every path; every page in a real browser, with markup in titles, names and searches',
    files: [
      'src/pages',
      'src/http/caching.test.ts',
      'web/tests/every-page.test.ts',
      'web/tests/covers.test.ts',
    ],
  },
  {
    number: 28,
    title: 'The AWS templates follow least privilege',
    criterion:
      'no cdk-nag finding without a documented reason; each function can access only the tables it needs',
    method: 'functions, their permissions, bundles and templates',
    files: ['src/lambda', 'infra'],
  },
]

export const suiteGuarantees: readonly Guarantee[] = SUITE_GUARANTEES.map(
  ({ files, method, naive, ...guarantee }) => ({
    ...guarantee,
    inSuite: true,
    prove: async run => {
      const { result, holds } = await runTests(run, files)
      return {
        method: `${method} (${files.join(', ')})`,
        result,
        holds,
        ...(naive === undefined ? {} : { control: { result: naive, failed: holds } }),
      }
    },
  }),
)
