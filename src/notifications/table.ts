/**
 * Outbox table: the mails to send, those being sent, dead letters and records of sent mails, as rows of the control table.
 * With `core/outbox.ts`, which writes new rows, the only file that knows their attributes.
 *
 * The sort key of a row begins with the time from which it is due. A worker leases a row by moving it, in one transaction,
 * to the time when the lease ends: until then no other worker finds it, and if the worker dies it is due again.
 */
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { epochSeconds, sortKeyAt } from '../core/ids.ts'
import { isInOutbox, OUTBOX_PARTITIONS, outboxKey } from '../core/outbox.ts'
import { endOfLifetime } from './lifetimes.ts'
import type { OutboxEntry } from './schema.ts'

/** A row as it is stored. Its announcement is parsed later: one that is malformed must still be moved to the dead letters. */
export type OutboxRow = {
  readonly id: string
  readonly tries: number
  /** Id of the request that caused the mail. */
  readonly requestId: string | undefined
  readonly item: Item
}

type EntryPages = AsyncIterable<readonly OutboxEntry[]>

/** Writes give back false, or no row, where a row is no longer in its place: another worker was faster. */
export interface OutboxTable {
  /**
   * Up to `limit` rows that are due, in these partitions or in all: first those that somebody waits for on a page, then those
   * that have waited longest.
   */
  listDue(now: Date, limit: number, partitions?: readonly string[]): Promise<OutboxRow[]>
  /** The rows of mails that were announced before this time, due or not. */
  createdBefore(time: Date): Promise<OutboxRow[]>
  /** Since when the first mail has been waiting. Undefined where none is. */
  waitingSince(): Promise<Date | undefined>
  /** Leases the row until `leaseEnd` and counts a try. */
  lease(row: OutboxRow, leaseEnd: Date): Promise<OutboxRow | undefined>
  /** Replaces the row by a record that the mail was sent, kept 30 days. */
  markSent(row: OutboxRow, now: Date): Promise<boolean>
  /** `markSent`, and in the same transaction `lease` of the `next` row. Only marks the mail where that row is gone. */
  markSentAndLease(row: OutboxRow, now: Date, next: OutboxRow, leaseEnd: Date): Promise<OutboxRow | undefined>
  /** Ends the lease: the row is due again at `due`, with the reason of the failure. */
  reschedule(row: OutboxRow, due: Date, reason: string): Promise<boolean>
  /** Gives the mail up until it is requeued. */
  moveToDeadLetter(row: OutboxRow, reason: string, now: Date): Promise<boolean>
  /** Drops a mail that is overdue, likewise. */
  drop(row: OutboxRow, reason: string, now: Date): Promise<boolean>
  /**
   * Makes a dead letter or an overdue mail due at once, with all its tries and a lifetime from now on. False where there is
   * none with this id.
   */
  requeue(id: string, now: Date): Promise<boolean>
  /** The rows that wait or are being sent, a page at a time. */
  pending(): EntryPages
  /** The dead letters and the overdue mails, a page at a time. */
  deadLetters(): EntryPages
}

export const parseRow = (item: Item): OutboxRow => {
  const sk = String(item.sk)
  const tries = Number(item.tries)
  const id = isInOutbox(item.pk) ? sk.slice(sk.indexOf('#') + 1) : sk
  const requestId = typeof item.request_id === 'string' ? item.request_id : undefined
  return { id, tries: Number.isSafeInteger(tries) ? tries : 0, requestId, item }
}

const [AWAITED_PARTITION] = OUTBOX_PARTITIONS

/** Orders rows of several partitions: awaited mails first, then by the time from which they are due. */
const byUrgency = (one: Item, other: Item): number =>
  Number(other.pk === AWAITED_PARTITION) - Number(one.pk === AWAITED_PARTITION) ||
  (String(one.sk) < String(other.sk) ? -1 : 1)

const toEntry = (item: Item): OutboxEntry => {
  const { id, tries } = parseRow(item)
  const text = (name: string): string => String(item[name] ?? '')
  return {
    id,
    event: text('event'),
    state: text('state'),
    tries,
    created_at: text('created_at'),
    due_at: text('due_at'),
    ...(item.last_error === undefined ? {} : { last_error: text('last_error') }),
  }
}

/** All entries of some pages. */
export const collectEntries = async (pages: EntryPages): Promise<OutboxEntry[]> => {
  const entries: OutboxEntry[] = []
  for await (const page of pages) entries.push(...page)
  return entries
}

const sentRecord = (row: OutboxRow, now: Date): Item => ({
  ...CONTROL_ROWS.sentMail.key(row.id),
  event: row.item.event,
  order_id: row.item.order_id,
  request_id: row.requestId,
  state: 'SENT',
  tries: row.tries,
  sent_at: now.toISOString(),
  expires_at: epochSeconds(now) + CONTROL_ROWS.sentMail.ttl,
})

/** The item of a row that is due at `due`. */
const dueItem = (row: OutboxRow, due: Date, changes: Item): Item => ({
  ...row.item,
  ...changes,
  ...outboxKey(due, row.id, row.item.event),
  due_at: due.toISOString(),
})

const leasedItem = (row: OutboxRow, leaseEnd: Date): Item =>
  dueItem(row, leaseEnd, { state: 'SENDING', tries: row.tries + 1 })

const deadItem = (row: OutboxRow, state: 'DEAD' | 'OVERDUE', reason: string, now: Date): Item => ({
  ...row.item,
  ...CONTROL_ROWS.deadLetter.key(row.id),
  state,
  due_at: now.toISOString(),
  last_error: reason,
})

export const createOutboxTable = (db: Dynamo, names: { readonly control: string }): OutboxTable => {
  const table = names.control

  /** Writes that move the row from its place to `item`, where it is still there. */
  const moveWrites = (row: OutboxRow, item: Item): Write[] => {
    const { pk, sk } = row.item
    const exists = 'attribute_exists(pk)'
    if (pk === item.pk && sk === item.sk) return [{ action: 'Put', table, item, condition: exists }]
    return [
      { action: 'Delete', table, key: { pk, sk }, condition: exists },
      { action: 'Put', table, item },
    ]
  }

  /** Moves all rows or none. False where one of them is no longer in its place. */
  const move = (...moves: readonly (readonly [OutboxRow, Item])[]): Promise<boolean> =>
    wasApplied(db.transact(moves.flatMap(([row, item]) => moveWrites(row, item))))

  const entriesIn = async function* (pk: string): AsyncGenerator<readonly OutboxEntry[]> {
    for await (const items of db.pages(partition(table, pk))) yield items.map(toEntry)
  }

  const markSent: OutboxTable['markSent'] = (row, now) => move([row, sentRecord(row, now)])

  return {
    listDue: async (now, limit, partitions = OUTBOX_PARTITIONS) => {
      const end = sortKeyAt(new Date(now.getTime() + 1))
      const found = await Promise.all(
        partitions.map(pk =>
          db.query({
            table,
            where: 'pk = :pk AND sk < :end',
            values: { ':pk': pk, ':end': end },
            limit,
            consistent: true,
          }),
        ),
      )
      const rows = found.flatMap(({ items }) => items)
      return rows.sort(byUrgency).slice(0, limit).map(parseRow)
    },
    createdBefore: async time => {
      const rows: OutboxRow[] = []
      const isOlder = ({ created_at }: Item): boolean => !(Date.parse(String(created_at)) >= time.getTime())
      for (const pk of OUTBOX_PARTITIONS)
        for await (const items of db.pages(partition(table, pk)))
          rows.push(...items.filter(isOlder).map(parseRow))
      return rows
    },
    waitingSince: async () => {
      const first = await Promise.all(
        OUTBOX_PARTITIONS.map(pk => db.query({ ...partition(table, pk), consistent: false, limit: 1 })),
      )
      const times = first.map(({ items }) => Date.parse(String(items[0]?.created_at)))
      const since = Math.min(...times.filter(time => !Number.isNaN(time)))
      return Number.isFinite(since) ? new Date(since) : undefined
    },
    lease: async (row, leaseEnd) => {
      const item = leasedItem(row, leaseEnd)
      return (await move([row, item])) ? parseRow(item) : undefined
    },
    markSent,
    markSentAndLease: async (row, now, next, leaseEnd) => {
      const item = leasedItem(next, leaseEnd)
      if (await move([row, sentRecord(row, now)], [next, item])) return parseRow(item)
      await markSent(row, now)
      return undefined
    },
    reschedule: (row, due, reason) =>
      move([row, dueItem(row, due, { state: 'PENDING', last_error: reason })]),
    moveToDeadLetter: (row, reason, now) => move([row, deadItem(row, 'DEAD', reason, now)]),
    drop: (row, reason, now) => move([row, deadItem(row, 'OVERDUE', reason, now)]),
    requeue: async (id, now) => {
      const item = await db.get(table, CONTROL_ROWS.deadLetter.key(id))
      if (!item) return false
      const row = parseRow(item)
      const latest = endOfLifetime(item.event, now.toISOString())
      const changes = { state: 'PENDING', tries: 0, ...(latest ? { send_before: latest.toISOString() } : {}) }
      return move([row, dueItem(row, now, changes)])
    },
    pending: async function* () {
      for (const pk of OUTBOX_PARTITIONS) yield* entriesIn(pk)
    },
    deadLetters: () => entriesIn(CONTROL_ROWS.deadLetter.pk),
  }
}
