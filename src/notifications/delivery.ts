/**
 * Delivery of one mail: lease its row, compose it, send it, record the outcome. A failed mail is retried with backoff, and
 * moved to the dead letters after eight tries; one that is overdue is dropped, that is, moved there without a try.
 *
 * A mail is sent at least once. It is sent twice only where the worker dies, or the store or the mail server stops
 * responding, between sending and recording.
 */

import type { Log } from '../core/log/log.ts'
import { runInRequest } from '../core/request.ts'
import { truncate } from '../core/truncate.ts'
import { latestTime } from './lifetimes.ts'
import type { Mail } from './schema.ts'
import { Undeliverable } from './schema.ts'
import type { OutboxRow, OutboxTable } from './table.ts'
import type { Transport } from './transport.ts'

export const MAX_TRIES = 8
export const LEASE_MS = 60_000
const SEND_TIMEOUT_MS = 20_000
const FIRST_BACKOFF_MS = 10_000

export type DeliveryDeps = {
  readonly outbox: OutboxTable
  /** Throws Undeliverable where the mail can never be sent. */
  readonly compose: (row: OutboxRow) => Promise<Mail>
  readonly transport: Transport
  readonly now: () => Date
  readonly log: Pick<Log, 'event' | 'failure'>
  /** Timeout of one send in milliseconds, well within the lease; 20 s unless given. */
  readonly sendTimeoutMs?: number
}

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)

/** Backoff after a failed try: 10 s, then four times as long each time, plus up to a fifth. Eight tries last about 15 hours. */
const backoffMs = (tries: number): number => FIRST_BACKOFF_MS * 4 ** (tries - 1) * (1 + Math.random() / 5)

/** What is read of an error's message, in letters: a mail server chooses it, and an expression over megabytes may exhaust the stack. */
const READ_OF_MESSAGE = 2_000

/** The beginning of a message, without a word that is cut: it may be a part of an email address. */
const startOf = (message: string): string =>
  message.length <= READ_OF_MESSAGE
    ? message
    : message.slice(0, READ_OF_MESSAGE).replace(/[\s<>"][^\s<>"]*$/, '')

/** The error's message as one short line, without email addresses. */
export const reasonOf = (error: unknown): string => {
  const message = startOf(error instanceof Error ? error.message : String(error))
  const words = message.split(/([\s<>"]+)/).map(word => (/.@./.test(word) ? '<address>' : word))
  return truncate(words.join('').replaceAll(/\s+/g, ' '), 200)
}

const send = async (
  { transport, sendTimeoutMs = SEND_TIMEOUT_MS }: DeliveryDeps,
  mail: Mail,
): Promise<void> => {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort()
      reject(new Error(`no response within ${sendTimeoutMs / 1000} seconds`))
    }, sendTimeoutMs)
  })
  try {
    await Promise.race([transport.send(mail, abort.signal), timeout])
  } finally {
    clearTimeout(timer)
  }
}

const moveToDeadLetter = async (
  { outbox, now, log }: DeliveryDeps,
  row: OutboxRow,
  reason: string,
): Promise<void> => {
  if (await outbox.moveToDeadLetter(row, reason, now()))
    log.failure(new Error(`mail ${row.id} will not be sent after ${row.tries} tries: ${reason}`))
}

/** Reschedules the mail with backoff, or moves it to the dead letters where another try would not help. */
const handleFailure = async (deps: DeliveryDeps, row: OutboxRow, error: unknown): Promise<void> => {
  const { outbox, now, log } = deps
  const reason = reasonOf(error)
  if (error instanceof Undeliverable || row.tries === MAX_TRIES) return moveToDeadLetter(deps, row, reason)
  await outbox.reschedule(row, later(now(), backoffMs(row.tries)), reason)
  log.event('mail', `${row.id} was not sent and will be retried: ${reason}`, { tries: row.tries })
}

/** Drops the row where its latest time has passed. Returns whether it has, also where another worker was faster. */
const dropOverdue = async ({ outbox, now, log }: DeliveryDeps, row: OutboxRow): Promise<boolean> => {
  const latest = latestTime(row)
  if (!latest || now() <= latest) return false
  const reason = `overdue: it could not be sent before ${latest.toISOString()}`
  if (await outbox.drop(row, reason, now()))
    log.event('mail', `${row.id} was dropped, ${reason}`, { tries: row.tries })
  return true
}

export type DeliveryOptions = {
  /** The row, where it is leased already. */
  readonly leased?: OutboxRow | undefined
  /** The row to lease when this mail is sent, if there is one. */
  readonly next?: () => OutboxRow | undefined
}

/**
 * Delivers the mail of a row, under the request id of the request that caused it. Gives back the `next` row where it was
 * leased: recording the sent mail and leasing the next are one transaction. Throws only where the store fails.
 */
export const deliver = (
  deps: DeliveryDeps,
  row: OutboxRow,
  options: DeliveryOptions = {},
): Promise<OutboxRow | undefined> => runInRequest(row.requestId, () => deliverRow(deps, row, options))

const deliverRow = async (
  deps: DeliveryDeps,
  due: OutboxRow,
  { leased, next }: DeliveryOptions,
): Promise<OutboxRow | undefined> => {
  const { outbox, compose, now, log } = deps
  const leaseEnd = () => later(now(), LEASE_MS)
  if (await dropOverdue(deps, leased ?? due)) return undefined
  const row = leased ?? (await outbox.lease(due, leaseEnd()))
  if (!row) return undefined
  if (row.tries > MAX_TRIES) {
    await moveToDeadLetter(deps, row, 'every attempt was started, but none finished')
    return undefined
  }
  try {
    await send(deps, await compose(row))
  } catch (error) {
    await handleFailure(deps, row, error)
    return undefined
  }
  const following = next?.()
  const nextLeased = following && (await outbox.markSentAndLease(row, now(), following, leaseEnd()))
  if (!following) await outbox.markSent(row, now())
  log.event('mail', `sent ${row.id}`, { tries: row.tries })
  return nextLeased
}
