/**
 * The outbox's rows in control: the only file that knows their attributes and keys. A row is taken by moving it, in one
 * transaction, to the time when its lease ends: who took it keeps it until then, and if nothing comes of it, it is due again.
 */
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type Item, TransactionRefused, type Write } from '../core/dynamo/write.ts'
import { epochSeconds, sortKeyAt } from '../core/ids.ts'
import { outboxKey } from '../core/outbox.ts'
import type { OutboxEntry } from './schema.ts'

/** A row as it is stored. What it announces is not parsed yet: one that cannot be must still be moved. */
export type OutboxRow = {
  readonly id: string
  readonly tries: number
  /** Of the request that caused it. */
  readonly requestId: string | undefined
  readonly item: Item
}

export type OutboxTable = ReturnType<typeof createOutboxTable>

/** The row that an item of the outbox is. */
export const readRow = (item: Item): OutboxRow => {
  const sk = String(item.sk)
  const tries = Number(item.tries)
  const id = item.pk === CONTROL_ROWS.outbox.pk ? sk.slice(sk.indexOf('#') + 1) : sk
  const requestId = typeof item.request_id === 'string' ? item.request_id : undefined
  return { id, tries: Number.isSafeInteger(tries) ? tries : 0, requestId, item }
}

const entry = (item: Item): OutboxEntry => {
  const { id, tries } = readRow(item)
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

export const createOutboxTable = (db: Dynamo, names: { readonly control: string }) => {
  const table = names.control

  /** What takes the row from where it is to `item`. */
  const steps = (row: OutboxRow, item: Item): Write[] => {
    const { pk, sk } = row.item
    const isHere = 'attribute_exists(pk)'
    if (pk === item.pk && sk === item.sk) return [{ action: 'Put', table, item, condition: isHere }]
    return [
      { action: 'Delete', table, key: { pk, sk }, condition: isHere },
      { action: 'Put', table, item },
    ]
  }

  /** Takes rows from where they are to their items, all or none; false when one of them is not there any more. */
  const move = async (...moves: readonly (readonly [OutboxRow, Item])[]): Promise<boolean> => {
    try {
      await db.transact(moves.flatMap(([row, item]) => steps(row, item)))
      return true
    } catch (error) {
      if (error instanceof TransactionRefused) return false
      throw error
    }
  }

  const waiting = (row: OutboxRow, due: Date, changes: Item): Item => ({
    ...row.item,
    ...changes,
    ...outboxKey(due, row.id),
    due_at: due.toISOString(),
  })

  const entriesUnder = async function* (pk: string): AsyncGenerator<readonly OutboxEntry[]> {
    for await (const items of db.pages(partition(table, pk))) yield items.map(entry)
  }

  /** Up to `limit` rows that may be taken now, those that have waited longest first. */
  const due = async (now: Date, limit: number): Promise<OutboxRow[]> => {
    const { items } = await db.query({
      table,
      where: 'pk = :pk AND sk < :end',
      values: { ':pk': CONTROL_ROWS.outbox.pk, ':end': sortKeyAt(new Date(now.getTime() + 1)) },
      limit,
      consistent: true,
    })
    return items.map(readRow)
  }

  /** Since when the mail that comes next has waited; undefined: none waits. */
  const waitingSince = async (): Promise<Date | undefined> => {
    const { items } = await db.query({
      ...partition(table, CONTROL_ROWS.outbox.pk),
      consistent: false,
      limit: 1,
    })
    const since = Date.parse(String(items[0]?.created_at))
    return Number.isNaN(since) ? undefined : new Date(since)
  }

  const taken = (row: OutboxRow, leaseEnd: Date): Item =>
    waiting(row, leaseEnd, { state: 'SENDING', tries: row.tries + 1 })

  /** The row as the caller's until `leaseEnd`, its try counted; undefined when another was quicker. */
  const claim = async (row: OutboxRow, leaseEnd: Date): Promise<OutboxRow | undefined> => {
    const item = taken(row, leaseEnd)
    return (await move([row, item])) ? readRow(item) : undefined
  }

  const sentNote = (row: OutboxRow, now: Date): Item => ({
    ...CONTROL_ROWS.sentMail.key(row.id),
    event: row.item.event,
    order_id: row.item.order_id,
    request_id: row.requestId,
    state: 'SENT',
    tries: row.tries,
    sent_at: now.toISOString(),
    expires_at: epochSeconds(now) + CONTROL_ROWS.sentMail.ttl,
  })

  /** The mail is sent: its row makes way for a note of that, kept 30 days. */
  const markSent = (row: OutboxRow, now: Date): Promise<boolean> => move([row, sentNote(row, now)])

  /** As `markSent`, and in the same transaction as `claim` of the `next`; undefined when only the mail was noted. */
  const markSentAndClaim = async (
    row: OutboxRow,
    now: Date,
    next: OutboxRow,
    leaseEnd: Date,
  ): Promise<OutboxRow | undefined> => {
    const item = taken(next, leaseEnd)
    if (await move([row, sentNote(row, now)], [next, item])) return readRow(item)
    await markSent(row, now)
    return undefined
  }

  /** Back to those that wait, to be tried again at `due`. */
  const postpone = (row: OutboxRow, due: Date, why: string): Promise<boolean> =>
    move([row, waiting(row, due, { state: 'PENDING', last_error: why })])

  /** Out of the way of the others, until somebody revives it. */
  const moveToDeadLetter = (row: OutboxRow, why: string, now: Date): Promise<boolean> =>
    move([
      row,
      {
        ...row.item,
        ...CONTROL_ROWS.deadLetter.key(row.id),
        state: 'DEAD',
        due_at: now.toISOString(),
        last_error: why,
      },
    ])

  /** A dead row is due at once, with all its tries before it; false when there is no such dead row. */
  const requeue = async (id: string, now: Date): Promise<boolean> => {
    const item = await db.get(table, CONTROL_ROWS.deadLetter.key(id))
    if (!item) return false
    const row = readRow(item)
    return move([row, waiting(row, now, { state: 'PENDING', tries: 0 })])
  }

  return {
    due,
    waitingSince,
    claim,
    markSent,
    markSentAndClaim,
    postpone,
    moveToDeadLetter,
    requeue,
    pending: () => entriesUnder(CONTROL_ROWS.outbox.pk),
    dead: () => entriesUnder(CONTROL_ROWS.deadLetter.pk),
  }
}
