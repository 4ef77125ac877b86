/**
 * Outbox: rows of the control table from which a worker sends mails, each written in the transaction of what it announces. The
 * sort key begins with the time from which a row may be taken, so that one query for each shard finds what is due.
 */
import { hash } from 'node:crypto'
import type { ControlKey } from './control/row-kind.ts'
import { CONTROL_ROWS } from './control/rows.ts'
import type { Item, Write } from './dynamo/write.ts'
import { sortKeyAt } from './ids.ts'
import { currentRequest } from './request.ts'

/**
 * Shards of the mails that nobody waits for. A stream keeps the order within a partition and delivers partitions side by
 * side, so the mails of one order or account are in one shard, and those of others beside them.
 */
const SHARDS = 8
/** Shard of the mails that somebody waits for on a page: it is read first, however many others are due. */
const AWAITED_SHARD = 'awaited'

/** Events whose mail has a link that the reader has just asked for. */
const AWAITED = new Set<unknown>([
  'verify_email',
  'reset_password',
  'account_exists',
  'change_email',
  'order_link',
])

/** Partitions of the outbox, in the order in which they are read; the last one is that of releases up to 0.2. */
export const OUTBOX_PARTITIONS: readonly string[] = [
  CONTROL_ROWS.outboxShard.pk(AWAITED_SHARD),
  ...Array.from({ length: SHARDS }, (_, i) => CONTROL_ROWS.outboxShard.pk(String(i))),
  CONTROL_ROWS.outbox.pk,
]

/** Whether a row with this partition key is in the outbox. */
export const isInOutbox = (pk: unknown): boolean => OUTBOX_PARTITIONS.includes(String(pk))

/** The order or account that a mail is about: an id begins with theirs. */
export const subjectOf = (mailId: string): string => mailId.split('#', 1)[0] ?? mailId

const shardOf = (id: string, event: unknown): string =>
  AWAITED.has(event) ? AWAITED_SHARD : String(hash('sha256', subjectOf(id), 'buffer').readUInt32BE() % SHARDS)

/** The key of a row of this mail that is due at `due`. */
export const outboxKey = (due: Date, id: string, event: unknown): ControlKey =>
  CONTROL_ROWS.outboxShard.key(shardOf(id, event), `${sortKeyAt(due)}#${id}`)

/**
 * The row of a mail to be sent, due at once. `id` names the mail for ever, in its Message-ID too; `content` is its event, and what the
 * mail's maker needs to find the rest, best without personal data. The row names the request that caused it, if one did.
 */
export const announceMail = (
  table: string,
  id: string,
  content: Item & { readonly event: string },
  now: Date,
): Write => ({
  action: 'Put',
  table,
  item: {
    ...content,
    ...outboxKey(now, id, content.event),
    state: 'PENDING',
    tries: 0,
    created_at: now.toISOString(),
    due_at: now.toISOString(),
    ...requestOf(currentRequest()?.id),
  },
  condition: 'attribute_not_exists(pk)',
})

const requestOf = (id: string | undefined) => (id === undefined ? {} : { request_id: id })
