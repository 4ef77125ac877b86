/** Everything hostile, in one run: `hostile()` for the harness that proves the promises, `node tools/fuzz/fuzz.ts [--quick]` alone. */
import { pathToFileURL } from 'node:url'
import { runCleanup } from '../../test/cleanup.ts'
import { checkAccessMatrix } from './access-matrix.ts'
import { checkExpectations } from './expectations.ts'
import { createInjectedRequests } from './injection-points.ts'
import { sendMalformedRequests } from './malformed-requests.ts'
import { createRunner, type Fault, type Runner } from './oracle.ts'
import { sendRandomRequests } from './random-requests.ts'
import { fuzzSockets } from './raw-sockets.ts'
import { runRandomWalks, runScenarios } from './scenarios.ts'
import { sendInvalidCredentials, sendReusedKeys, sendTamperedCursors } from './tampering.ts'
import { createTarget, type Target } from './target.ts'

/** A promise of the shop, what was tried, how often, what came of it, and whether that is what was promised. */
export type Row = {
  readonly promise: number
  readonly what: string
  readonly count: number
  readonly figure: string
  readonly pass: boolean
  /** What went wrong, each with the request. */
  readonly faults: readonly Fault[]
}

type Options = {
  readonly quick?: boolean
  /** Of what is made up at random; chosen and told unless given. */
  readonly seed?: number
  /** Whether sockets are left out: they need a shop as users run it. */
  readonly sockets?: boolean
  /** Is told of each row as soon as it is there. */
  readonly tell?: (row: Row) => void
}

/** What memory may have grown after thousands of requests, in megabytes. */
const MOST_GROWN_MB = 50

type Pass = readonly [number, string, (target: Target, ledger: Runner) => Promise<unknown>]

const passes = (quick: boolean, seed: number): readonly Pass[] => [
  [15, 'endpoint-caller combinations, callers of eight kinds', checkAccessMatrix],
  [19, 'requests with invalid or forged sessions', sendInvalidCredentials],
  [18, 'tampered cursors', (...to) => sendTamperedCursors(...to, quick ? 40 : 2_000)],
  [4, 'reused idempotency keys', (...to) => sendReusedKeys(...to, quick ? 3 : 100)],
  [17, 'corpus entries at their primary target', checkExpectations],
  [16, 'malformed bodies and queries', (...to) => sendMalformedRequests(...to, quick ? 101 : 4)],
  [
    17,
    'corpus entries at every injection point',
    (...to) => to[1].send(createInjectedRequests(to[0], quick ? 131 : 4)),
  ],
  [17, `random requests, seed ${seed}`, (...to) => sendRandomRequests(...to, quick ? 200 : 5_000, seed)],
  [17, 'corpus scenarios', runScenarios],
  [
    17,
    `steps of random walks with one invalid request, seed ${seed}`,
    (...to) => runRandomWalks(...to, quick ? 5 : 300, seed),
  ],
]

const heapMb = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const run = async ([promise, what, pass]: Pass): Promise<Row> => {
  const target = await createTarget()
  const book = createRunner(target)
  const before = heapMb()
  await pass(target, book)
  const grown = heapMb() - before
  // Without `--expose-gc` nobody knows what of it is garbage.
  const grew = globalThis.gc !== undefined && grown > MOST_GROWN_MB
  const { count, looks, proven } = book.counts()
  const looked = looks > 0 ? `, ${proven} refused without a write (${looks} checks of all tables)` : ''
  const figure = `${book.faults.length} faults${looked}, heap ${grown < 0 ? '' : '+'}${grown.toFixed(0)} MB`
  return { promise, what, count, figure, pass: book.faults.length === 0 && !grew, faults: book.faults }
}

const onSocketsRow = async (quick: boolean): Promise<Row> => {
  const { count, faults, grownMb } = await fuzzSockets({ quick })
  const figure = `${faults.length} faults, memory +${grownMb.toFixed(0)} MB, still running`
  return {
    promise: 17,
    what: 'raw socket requests',
    count,
    figure,
    pass: faults.length === 0 && grownMb < MOST_GROWN_MB,
    faults,
  }
}

/** Runs all passes, one after the other, against shops on this machine alone; a row for each. */
export const fuzz = async ({
  quick = false,
  seed,
  sockets = true,
  tell = () => {},
}: Options = {}): Promise<Row[]> => {
  const chosen = seed ?? Math.floor(Math.random() * 2 ** 31)
  const rows: Row[] = []
  const add = (row: Row): void => {
    rows.push(row)
    tell(row)
  }
  for (const pass of passes(quick, chosen)) add(await run(pass))
  if (sockets) add(await onSocketsRow(quick))
  return rows
}

const isProgram = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href
if (isProgram) {
  const tell = ({ promise, what, count, figure, pass, faults }: Row): void => {
    console.log(`${pass ? '✓' : '✗'} P${promise}  ${String(count).padStart(6)}  ${what}: ${figure}`)
    for (const { request, fault } of faults.slice(0, 5)) console.log(`    ${fault}\n      ${request}`)
  }
  const rows = await fuzz({ quick: process.argv.includes('--quick'), tell })
  console.log(`${rows.reduce((sum, { count }) => sum + count, 0)} requests`)
  await runCleanup()
  process.exitCode = rows.every(({ pass }) => pass) ? 0 : 1
}
