/** Fuzzing run over all passes: `npm run fuzz [-- --quick]`, and `fuzz()` for the tests and for `prove`. */
import { pathToFileURL } from 'node:url'
import { runCleanup } from '../../test/cleanup.ts'
import { checkAccessMatrix } from './access-matrix.ts'
import { checkExpectations } from './expectations.ts'
import { createInjectedRequests } from './injection-points.ts'
import { sendMalformedRequests } from './malformed-requests.ts'
import { sendRandomRequests } from './random-requests.ts'
import { fuzzSockets } from './raw-sockets.ts'
import { createRunner, type Fault, type Runner } from './runner.ts'
import { runRandomWalks, runScenarios } from './scenarios.ts'
import { sendInvalidCredentials, sendReusedKeys, sendTamperedCursors } from './tampering.ts'
import { createTarget, type Target } from './target.ts'

/** Result of a pass: the guarantee it belongs to, what was sent and how often, and the outcome. */
export type PassResult = {
  readonly guarantee: number
  readonly title: string
  readonly count: number
  readonly figure: string
  readonly pass: boolean
  /** Faults, each with its request. */
  readonly faults: readonly Fault[]
}

type Options = {
  readonly quick?: boolean
  /** Seed of the random passes; chosen at random by default. */
  readonly seed?: number
  /** Whether raw sockets are included, which start a shop process. */
  readonly sockets?: boolean
  /** Called with each result as soon as it is known. */
  readonly onResult?: (result: PassResult) => void
}

/** Maximum memory growth after thousands of requests, in megabytes. */
const MAX_GROWTH_MB = 50

type Pass = readonly [number, string, (target: Target, runner: Runner) => Promise<unknown>]

const createPasses = (quick: boolean, seed: number): readonly Pass[] => [
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

const runPass = async ([guarantee, title, pass]: Pass): Promise<PassResult> => {
  const target = await createTarget()
  const runner = createRunner(target)
  const before = heapMb()
  await pass(target, runner)
  const grown = heapMb() - before
  // Without `--expose-gc`, garbage cannot be told from growth.
  const grew = globalThis.gc !== undefined && grown > MAX_GROWTH_MB
  const { count, comparisons, proven } = runner.counts()
  const compared =
    comparisons > 0 ? `, ${proven} refused without a write (${comparisons} checks of all tables)` : ''
  const figure = `${runner.faults.length} faults${compared}, heap ${grown < 0 ? '' : '+'}${grown.toFixed(0)} MB`
  return { guarantee, title, count, figure, pass: runner.faults.length === 0 && !grew, faults: runner.faults }
}

const runSocketPass = async (quick: boolean): Promise<PassResult> => {
  const { count, faults, grownMb } = await fuzzSockets({ quick })
  const figure = `${faults.length} faults, memory +${grownMb.toFixed(0)} MB, still running`
  return {
    guarantee: 17,
    title: 'raw socket requests',
    count,
    figure,
    pass: faults.length === 0 && grownMb < MAX_GROWTH_MB,
    faults,
  }
}

/** Runs all passes one after the other against shops on this machine; returns their results. */
export const fuzz = async ({
  quick = false,
  seed,
  sockets = true,
  onResult = () => {},
}: Options = {}): Promise<PassResult[]> => {
  const chosen = seed ?? Math.floor(Math.random() * 2 ** 31)
  const results: PassResult[] = []
  const add = (result: PassResult): void => {
    results.push(result)
    onResult(result)
  }
  for (const pass of createPasses(quick, chosen)) add(await runPass(pass))
  if (sockets) add(await runSocketPass(quick))
  return results
}

const isProgram = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href
if (isProgram) {
  const onResult = ({ guarantee, title, count, figure, pass, faults }: PassResult): void => {
    console.log(`${pass ? '✓' : '✗'} G${guarantee}  ${String(count).padStart(6)}  ${title}: ${figure}`)
    for (const { request, fault } of faults.slice(0, 5)) console.log(`    ${fault}\n      ${request}`)
  }
  const results = await fuzz({ quick: process.argv.includes('--quick'), onResult })
  console.log(`${results.reduce((sum, { count }) => sum + count, 0)} requests`)
  await runCleanup()
  process.exitCode = results.every(({ pass }) => pass) ? 0 : 1
}
