/**
 * Mail worker: delivers the mails of the outbox that are due, batch by batch. It has one mail in hand at a time, so that a
 * crash repeats one mail at most. Any number of workers may run at once: a row is leased by one of them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type DeliveryDeps, deliver } from './delivery.ts'
import type { OutboxRow } from './table.ts'

/** Rows read from the outbox at once. */
export const BATCH_SIZE = 20
const MAX_PAUSE_MS = 100

export type WorkerDeps = DeliveryDeps & {
  /** Whether mails must wait, because the shop was restored from a backup and not resumed. */
  readonly isQuiet: () => Promise<boolean>
  /**
   * Pause after each mail, as a multiple of the time that it took, at most 100 ms: on a machine shared with shoppers, a rush
   * of orders goes before their mails. No pause unless given.
   */
  readonly pauseFactor?: number
  /** Partitions of the outbox from which it takes mails; all unless given. */
  readonly partitions?: readonly string[]
}

const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(milliseconds, undefined, { ref: false, ...(signal ? { signal } : {}) }).catch(() => {})

/** The rows from a random one on, so that concurrent workers do not compete for the same row each time. */
const rotateRandomly = <T>(rows: readonly T[]): T[] => {
  const start = Math.floor(Math.random() * rows.length)
  return [...rows.slice(start), ...rows.slice(0, start)]
}

/**
 * Delivers mails until none is due, or until `signal` aborts: then the mail in hand is still delivered (graceful shutdown).
 * Throws where the store fails; the mail in hand is due again when its lease ends.
 */
export const sendDueMail = async (deps: WorkerDeps, signal?: AbortSignal): Promise<void> => {
  for (;;) {
    const rows = await deps.outbox.listDue(deps.now(), BATCH_SIZE, deps.partitions)
    if (rows.length === 0 || (await deps.isQuiet())) return
    const batch = rotateRandomly(rows)
    let leased: OutboxRow | undefined
    for (const [i, row] of batch.entries()) {
      if (signal?.aborted && !leased) return
      const start = performance.now()
      const next = () => (signal?.aborted ? undefined : batch[i + 1])
      leased = await deliver(deps, row, { leased, next })
      const took = performance.now() - start
      if (deps.pauseFactor) await pause(Math.min(deps.pauseFactor * took, MAX_PAUSE_MS), signal)
    }
  }
}
