/**
 * The mail worker: takes what is due, makes the mail, sends it, notes that. At least once; twice only when it dies, or the
 * store or the mail server falls silent, between sending and noting. One mail at a time, so that a death repeats one mail
 * at most; any number of workers may run at once.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../core/log/log.ts'
import { inRequest } from '../core/request.ts'
import type { Mail, OutboxEntry } from './schema.ts'
import { Undeliverable } from './schema.ts'
import type { OutboxRow, OutboxTable } from './table.ts'
import type { Transport } from './transport.ts'

export const MAX_TRIES = 8
/** How many rows one look into the outbox brings. */
export const BATCH = 20

export const LEASE_MS = 60_000
const SEND_WITHIN_MS = 20_000
const LONGEST_REST_MS = 100
const FIRST_PAUSE_MS = 10_000

export type WorkerDeps = {
  readonly outbox: OutboxTable
  /** Throws Undeliverable for what can never be sent. */
  readonly compose: (row: OutboxRow) => Promise<Mail>
  readonly transport: Transport
  readonly now: () => Date
  readonly log: Pick<Log, 'say' | 'failure'>
  /** How long one sending may take, in milliseconds; well inside the lease. */
  readonly sendWithinMs?: number
  /**
   * The rest after each mail, as a multiple of the time that it took, but at most 100 ms: where shoppers and mails share one
   * machine, a rush of orders goes before the mails about them. None unless given.
   */
  readonly rests?: number
}

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

/** 10 s, then four times as long each time, up to a fifth more by chance: eight tries last about fifteen hours. */
const pauseAfter = (tries: number): number => FIRST_PAUSE_MS * 4 ** (tries - 1) * (1 + Math.random() / 5)

/** What went wrong, in one short line without anybody's address. */
const whyOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replaceAll(/[^\s<>"]+@[^\s<>"]+/g, '<address>')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200)

const send = async ({ transport, sendWithinMs = SEND_WITHIN_MS }: WorkerDeps, mail: Mail): Promise<void> => {
  const giveUp = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      giveUp.abort()
      failed(new Error(`no answer within ${sendWithinMs / 1000} seconds`))
    }, sendWithinMs)
  })
  try {
    await Promise.race([transport.send(mail, giveUp.signal), timeout])
  } finally {
    clearTimeout(timer)
  }
}

const moveToDeadLetter = async (
  { outbox, now, log }: WorkerDeps,
  row: OutboxRow,
  why: string,
): Promise<void> => {
  if (await outbox.moveToDeadLetter(row, why, now()))
    log.failure(new Error(`mail ${row.id} will not be sent after ${row.tries} tries: ${why}`))
}

type InTurn = {
  /** The row, if it is taken already. */
  readonly held?: OutboxRow | undefined
  /** The row that comes after it, if one is to come. */
  readonly next?: () => OutboxRow | undefined
}

/**
 * One row, from taking it to its end: sent, put off, or dead; as a part of the request that caused it. Returns the
 * next where it was taken as this one was noted as sent, which is one write of the store for both. Throws only where the store fails.
 */
export const deliver = (
  deps: WorkerDeps,
  row: OutboxRow,
  turn: InTurn = {},
): Promise<OutboxRow | undefined> => inRequest(row.requestId, () => finish(deps, row, turn))

const finish = async (
  deps: WorkerDeps,
  seen: OutboxRow,
  { held, next }: InTurn,
): Promise<OutboxRow | undefined> => {
  const { outbox, compose, now, log } = deps
  const leaseEnd = () => later(now(), LEASE_MS)
  const row = held ?? (await outbox.claim(seen, leaseEnd()))
  if (!row) return undefined
  if (row.tries > MAX_TRIES) {
    await moveToDeadLetter(deps, row, 'every attempt was started, but none finished')
    return undefined
  }
  try {
    await send(deps, await compose(row))
  } catch (error) {
    await reschedule(deps, row, error)
    return undefined
  }
  const after = next?.()
  const taken = after && (await outbox.markSentAndClaim(row, now(), after, leaseEnd()))
  if (!after) await outbox.markSent(row, now())
  log.say('mail', `sent ${row.id}`, { tries: row.tries })
  return taken
}

/** Until its next try, or for ever where none would help. */
const reschedule = async (deps: WorkerDeps, row: OutboxRow, error: unknown): Promise<void> => {
  const { outbox, now, log } = deps
  const why = whyOf(error)
  if (error instanceof Undeliverable || row.tries === MAX_TRIES) return moveToDeadLetter(deps, row, why)
  await outbox.postpone(row, later(now(), pauseAfter(row.tries)), why)
  log.say('mail', `${row.id} was not sent and is tried again: ${why}`, { tries: row.tries })
}

const rest = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(milliseconds, undefined, { ref: false, ...(signal ? { signal } : {}) }).catch(() => {})

/** From a place of its own, so that workers side by side do not reach for the same row each time. */
const fromAnywhere = <T>(rows: readonly T[]): T[] => {
  const start = Math.floor(Math.random() * rows.length)
  return [...rows.slice(start), ...rows.slice(0, start)]
}

/**
 * Sends what is due, one by one and batch after batch, until nothing is, or `signal` says to end after the mail in hand.
 * Throws where the store fails; the mail in hand is then due again when its lease ends.
 */
export const sendDueMail = async (deps: WorkerDeps, signal?: AbortSignal): Promise<void> => {
  for (;;) {
    const rows = await deps.outbox.due(deps.now(), BATCH)
    if (rows.length === 0) return
    const batch = fromAnywhere(rows)
    let held: OutboxRow | undefined
    for (const [i, row] of batch.entries()) {
      if (signal?.aborted && !held) return
      const start = performance.now()
      held = await deliver(deps, row, { held, next: () => (signal?.aborted ? undefined : batch[i + 1]) })
      if (deps.rests) await rest(Math.min(deps.rests * (performance.now() - start), LONGEST_REST_MS), signal)
    }
  }
}

/** The rows of `entries`, a list in one piece. */
export const listEntries = async (
  entries: AsyncIterable<readonly OutboxEntry[]>,
): Promise<readonly OutboxEntry[]> => {
  const all: OutboxEntry[] = []
  for await (const page of entries) all.push(...page)
  return all
}
