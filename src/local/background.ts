/** What a local shop does beside serving: follows the table, saves the index, gauges itself, sweeps what has expired. */
import { setTimeout as sleep } from 'node:timers/promises'
import { mailFolder } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { gaugeAges } from '../health/ages.ts'
import { sweepMailFolder } from '../notifications/transport.ts'
import type { loadIndex } from './load-index.ts'
import { sweepExpired } from './sweeper.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Rests at least `pause`, and `rests` times as long as the work took, so that a large shelf is not compared without end. */
const every = async (
  pause: number,
  first: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  report: (error: unknown) => void,
  rests = 20,
) => {
  let rest = first
  while (!signal.aborted) {
    await sleep(rest, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return
    const start = performance.now()
    await work().catch(report)
    rest = Math.max(pause, rests * (performance.now() - start))
  }
}

/** When those who came first have been served. */
const once = async (
  pause: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  report: (error: unknown) => void,
) => {
  await sleep(pause, undefined, { signal, ref: false }).catch(() => {})
  if (!signal.aborted) await work().catch(report)
}

/** Starts the work once the index is there; `stop()` ends it, after the piece in hand. */
export const startBackground = (
  deps: Deps,
  index: ReturnType<typeof loadIndex>,
): { readonly stop: () => Promise<void> } => {
  const ending = new AbortController()
  const { signal } = ending
  const { liveIndex, report } = deps
  const work = () => [
    once(SECOND, signal, liveIndex.warmUp, report),
    // An import of many books must be seen a second later, however much there is to read.
    every(SECOND, SECOND, signal, liveIndex.readChanges, report, 1),
    every(MINUTE, 3 * SECOND, signal, liveIndex.compare, report),
    every(2 * MINUTE, 10 * SECOND, signal, () => liveIndex.save(), report),
    every(MINUTE, MINUTE, signal, () => gaugeAges(deps), report),
    every(30 * MINUTE, 5 * MINUTE, signal, () => sweepExpired(deps), report),
    every(
      30 * MINUTE,
      5 * MINUTE,
      signal,
      () => sweepMailFolder(mailFolder(deps.settings.dataDir), deps.now()),
      report,
    ),
  ]
  const running = index.loaded.then(() => (signal.aborted ? [] : Promise.all(work())))
  return {
    stop: async () => {
      ending.abort()
      await index.stop()
      await running
    },
  }
}
