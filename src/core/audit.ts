/**
 * Audit trail: append-only rows of the control table, written in the transaction of the change that they record. Each entry is
 * stored under its subject and, unless it is one of very many, under its day, so that both can be read without a scan.
 */
import { type ControlKey, partition } from './control/row-kind.ts'
import { CONTROL_ROWS } from './control/rows.ts'
import type { Dynamo } from './dynamo/dynamo.ts'
import type { Item, Write } from './dynamo/write.ts'
import { dayOf, newSortKey } from './ids.ts'

export type AuditEvent = {
  /** The id of an account, `system`, or the command that acts. */
  readonly actor: string
  /** What was done, for example `book.change`, `order.status`, `account.password`. */
  readonly what: string
  /** What it was done to, for example `book:tech-001`. */
  readonly subject: string
  /** Values before and after, of stock, prices and states. Never personal data, never a secret. */
  readonly before?: Item
  readonly after?: Item
  /** Of personal data, only the names of the fields that were changed. */
  readonly fields?: readonly string[]
  /** Where the values came from, for example the file of an import. */
  readonly source?: Item
}
export type AuditEntry = AuditEvent & { readonly at: string }

const content = ({ actor, what, subject, before, after, fields, source }: AuditEvent, now: Date): Item => ({
  actor,
  what,
  subject,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
  ...(fields === undefined ? {} : { fields }),
  ...(source === undefined ? {} : { source }),
  at: now.toISOString(),
})

const eventWrite = (table: string, key: ControlKey, event: AuditEvent, now: Date): Write => ({
  action: 'Put',
  table,
  item: { ...key, ...content(event, now) },
  condition: 'attribute_not_exists(pk)',
})

/** The rows of an event, for the transaction of the change. */
export const auditWrites = (table: string, event: AuditEvent, now: Date): Write[] => {
  const sk = newSortKey(now)
  const keys = [CONTROL_ROWS.audit.key(event.subject, sk), CONTROL_ROWS.auditDay.key(dayOf(now), sk)]
  return keys.map(key => eventWrite(table, key, event, now))
}

/** The row of an event under its subject alone, for one of very many on a day. */
export const auditSubjectWrite = (table: string, event: AuditEvent, now: Date): Write =>
  eventWrite(table, CONTROL_ROWS.audit.key(event.subject, newSortKey(now)), event, now)

const toEntry = ({ pk: _, sk: __, ...entry }: Item): AuditEntry => entry as unknown as AuditEntry

const entriesUnder = async function* (db: Dynamo, table: string, pk: string): AsyncGenerator<AuditEntry> {
  for await (const page of db.pages(partition(table, pk))) yield* page.map(toEntry)
}

/** Entries of a subject, oldest first. */
export const auditTrail = (db: Dynamo, table: string, subject: string): AsyncGenerator<AuditEntry> =>
  entriesUnder(db, table, CONTROL_ROWS.audit.pk(subject))

/** Entries of a day (UTC, `2025-09-05`), oldest first. */
export const auditOfDay = (db: Dynamo, table: string, day: string): AsyncGenerator<AuditEntry> =>
  entriesUnder(db, table, CONTROL_ROWS.auditDay.pk(day))
