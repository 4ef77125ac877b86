/**
 * Who did what, when: rows of control that are only ever added, each in the transaction of the act that it tells of. One lies
 * under its subject and one under its day, so that both can be read without a scan.
 */
import { partition } from './control/row-kind.ts'
import { CONTROL_ROWS } from './control/rows.ts'
import type { Dynamo } from './dynamo/dynamo.ts'
import type { Item, Write } from './dynamo/write.ts'
import { dayOf, newSortKey } from './ids.ts'

export type AuditEvent = {
  /** An account's id, `system`, or what else acts. */
  readonly actor: string
  /** Such as `book.change`, `order.status`, `account.password`. */
  readonly what: string
  /** What it was done to, such as `book:tech-001`. */
  readonly subject: string
  /** Values before and after of what is nobody's own: stock, prices, states. Never personal data, never a secret. */
  readonly before?: Item
  readonly after?: Item
  /** Of personal data, which fields were changed. */
  readonly fields?: readonly string[]
}
export type AuditEntry = AuditEvent & { readonly at: string }

const content = ({ actor, what, subject, before, after, fields }: AuditEvent, now: Date): Item => ({
  actor,
  what,
  subject,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
  ...(fields === undefined ? {} : { fields }),
  at: now.toISOString(),
})

/** The rows of an act, to be written with it. */
export const auditWrites = (table: string, act: AuditEvent, now: Date): Write[] => {
  const sk = newSortKey(now)
  const keys = [CONTROL_ROWS.audit.key(act.subject, sk), CONTROL_ROWS.auditDay.key(dayOf(now), sk)]
  return keys.map(key => ({
    action: 'Put',
    table,
    item: { ...key, ...content(act, now) },
    condition: 'attribute_not_exists(pk)',
  }))
}

const entryOf = ({ pk: _, sk: __, ...entry }: Item): AuditEntry => entry as unknown as AuditEntry

const entriesUnder = async function* (db: Dynamo, table: string, pk: string): AsyncGenerator<AuditEntry> {
  for await (const page of db.pages(partition(table, pk))) yield* page.map(entryOf)
}

/** What was done to a subject, in the order of time. */
export const auditTrail = (db: Dynamo, table: string, subject: string): AsyncGenerator<AuditEntry> =>
  entriesUnder(db, table, CONTROL_ROWS.audit.pk(subject))

/** What was done on a day (UTC), in the order of time. */
export const auditOfDay = (db: Dynamo, table: string, day: string): AsyncGenerator<AuditEntry> =>
  entriesUnder(db, table, CONTROL_ROWS.auditDay.pk(day))
