/**
 * The mail worker: takes what is due, makes the mail, sends it, notes that. At least once; twice only when it dies, or the
 * store or the mail server falls silent, between sending and noting. Any number of workers may run at once.
 */
import type { Mail, OutboxEntry } from './schema.ts'
import { Undeliverable } from './schema.ts'
import type { OutboxRow, OutboxTable } from './table.ts'
import type { Transport } from './transport.ts'

export const MAX_TRIES = 8
/** How many rows one look into the outbox brings, and how many of them are sent at the same time. */
export const BATCH = 20
const AT_ONCE = 5

const LEASE_MS = 60_000
/** Well inside the lease, so that nobody else takes a row that is still being sent. */
const SEND_MS = 30_000
const FIRST_PAUSE_MS = 10_000

export type WorkerDeps = {
  readonly outbox: OutboxTable
  /** Throws Undeliverable for what can never be sent. */
  readonly compose: (row: OutboxRow) => Promise<Mail>
  readonly transport: Transport
  readonly now: () => Date
  readonly report: (error: unknown) => void
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

const send = async ({ transport }: WorkerDeps, mail: Mail): Promise<void> => {
  const giveUp = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      giveUp.abort()
      failed(new Error(`no answer within ${SEND_MS / 1000} seconds`))
    }, SEND_MS)
  })
  try {
    await Promise.race([transport.send(mail, giveUp.signal), timeout])
  } finally {
    clearTimeout(timer)
  }
}

const bury = async ({ outbox, now, report }: WorkerDeps, row: OutboxRow, why: string): Promise<void> => {
  if (await outbox.bury(row, why, now()))
    report(new Error(`mail ${row.id} will not be sent after ${row.tries} tries: ${why}`))
}

/** One row, from taking it to its end: sent, put off, or dead. Throws only where the store fails. */
const deliver = async (deps: WorkerDeps, seen: OutboxRow): Promise<void> => {
  const { outbox, compose, now } = deps
  const row = await outbox.claim(seen, later(now(), LEASE_MS))
  if (!row) return
  if (row.tries > MAX_TRIES) return bury(deps, row, 'each try was begun and none was finished')
  try {
    await send(deps, await compose(row))
  } catch (error) {
    const why = whyOf(error)
    if (error instanceof Undeliverable || row.tries === MAX_TRIES) return bury(deps, row, why)
    await outbox.postpone(row, later(now(), pauseAfter(row.tries)), why)
    return
  }
  await outbox.markSent(row, now())
}

const shuffled = <T>(list: readonly T[]): T[] => {
  const mixed = [...list]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    const [a, b] = [mixed[i] as T, mixed[j] as T]
    mixed[i] = b
    mixed[j] = a
  }
  return mixed
}

/**
 * Sends what is due, batch after batch, until nothing is, or `signal` says to end after the rows in hand. Throws where
 * the store fails; the rows in hand are then due again when their lease ends.
 */
export const sendDueMail = async (deps: WorkerDeps, signal?: AbortSignal): Promise<void> => {
  while (!signal?.aborted) {
    // In an order of its own, so that workers side by side do not reach for the same row each time.
    const rows = shuffled(await deps.outbox.due(deps.now(), BATCH))
    if (rows.length === 0) return
    const lane = async (): Promise<void> => {
      for (let row = rows.pop(); row && !signal?.aborted; row = rows.pop()) await deliver(deps, row)
    }
    const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane))
    const failed = lanes.find(one => one.status === 'rejected')
    if (failed) throw failed.reason
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
