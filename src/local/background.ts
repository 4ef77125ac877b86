/**
 * Background jobs of a local shop: reading table changes, numbering old orders, saving the index snapshot, gauges, deletion of expired items and old
 * mails, scheduled backups. On AWS streams, schedules and DynamoDB's TTL do this.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { mailFolder } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { isFenceRefusal } from '../core/fence/write-guard.ts'
import { recordDelays, recordIndexAge } from '../health/ages.ts'
import { sweepInvoices } from '../invoices/sweep.ts'
import { sweepMailFolder } from '../notifications/transport.ts'
import { numberOrders } from '../orders/numbering.ts'
import { sweepPayments } from '../payments/sweep.ts'
import { resumeErasures } from '../privacy/erase.ts'
import type { IndexLoader } from './index-loader.ts'
import { createScheduledBackups } from './scheduled-backup.ts'
import { sweepExpired } from './sweeper.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

export type BackgroundJobs = {
  /** Graceful shutdown: starts no more runs and waits for those in progress. */
  readonly stop: () => Promise<void>
}

type Job = {
  readonly run: () => Promise<unknown>
  /** Before the first run, in milliseconds. */
  readonly delay: number
  /** Least pause between two runs, in milliseconds; without it the job runs once. */
  readonly pause?: number
  /**
   * The pause is at least this many times the duration of the last run, so that a job over a large catalog leaves the process
   * to the shoppers. Defaults to 20.
   */
  readonly pauseFactor?: number
}

const jobsOf = (deps: Deps, signal: AbortSignal): readonly Job[] => {
  const { liveIndex } = deps
  // A restored shop deletes nothing until `cloudshelf resume`.
  const unlessQuiet = (run: Job['run']) => async () => ((await deps.isQuiet()) ? undefined : run())
  const backups = createScheduledBackups(deps, signal)
  return [
    ...(backups ? [{ run: backups.run, delay: MINUTE, pause: MINUTE, pauseFactor: 0 }] : []),
    // After the first requests of a new shop.
    { run: liveIndex.warmUp, delay: SECOND },
    // A large import must be visible a second later, however long reading it takes.
    { run: liveIndex.readChanges, delay: SECOND, pause: SECOND, pauseFactor: 1 },
    { run: liveIndex.compare, delay: 3 * SECOND, pause: MINUTE },
    { run: () => liveIndex.save(), delay: 10 * SECOND, pause: 2 * MINUTE },
    { run: () => numberOrders(deps, 'system', signal), delay: 2 * SECOND },
    // Copies of checkouts that were not paid are for sale again.
    { run: unlessQuiet(() => sweepPayments(deps, signal)), delay: 5 * SECOND, pause: 5 * SECOND },
    // Credit notes of refunds that have succeeded, and documents whose issuing was cut off.
    { run: unlessQuiet(() => sweepInvoices(deps, signal)), delay: 6 * SECOND, pause: 5 * SECOND },
    { run: () => recordDelays(deps), delay: MINUTE, pause: MINUTE },
    { run: async () => recordIndexAge(deps), delay: MINUTE, pause: MINUTE },
    // Those that a write pause has cut off, or a start during one has left.
    { run: unlessQuiet(() => resumeErasures(deps)), delay: 5 * MINUTE, pause: 30 * MINUTE },
    { run: unlessQuiet(() => sweepExpired(deps)), delay: 5 * MINUTE, pause: 30 * MINUTE },
    {
      run: unlessQuiet(() => sweepMailFolder(mailFolder(deps.settings.dataDir), deps.now())),
      delay: 5 * MINUTE,
      pause: 30 * MINUTE,
    },
  ]
}

/** Longest pause after failures of a job that otherwise runs more often (ms). */
const LONGEST_BACKOFF_MS = 10 * SECOND

/** Pause after a run that took `ms`, in milliseconds: twice as long after each failure in a row. */
export const pauseAfter = (pause: number, pauseFactor: number, ms: number, failures: number): number =>
  Math.max(pause, pauseFactor * ms, Math.min(pause * 2 ** failures, LONGEST_BACKOFF_MS))

const runJob = async (
  { run, delay, pause, pauseFactor = 20 }: Job,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> => {
  let wait = delay
  let failures = 0
  while (!signal.aborted) {
    await sleep(wait, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return
    const start = performance.now()
    try {
      await run()
      failures = 0
    } catch (error) {
      // What a write pause refuses is done by the next run.
      if (!isFenceRefusal(error)) {
        failures++
        report(error)
      }
    }
    if (pause === undefined) return
    wait = pauseAfter(pause, pauseFactor, performance.now() - start, failures)
  }
}

/** Starts the jobs once the index is loaded. A failed run is passed to `deps.report`, and the job continues. */
export const startBackgroundJobs = (deps: Deps, indexLoader: IndexLoader): BackgroundJobs => {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = indexLoader.loaded.then(() =>
    signal.aborted ? [] : Promise.all(jobsOf(deps, signal).map(job => runJob(job, signal, deps.report))),
  )
  return {
    stop: async () => {
      stopping.abort()
      await indexLoader.stop()
      await running
    },
  }
}
