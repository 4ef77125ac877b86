/** Changes that an import makes to a book, field by field, for its report and its audit. */
import { type AuditEvent, auditSubjectWrite, auditWrites } from '../../core/audit.ts'
import type { Currency } from '../../core/currency.ts'
import type { Write } from '../../core/dynamo/write.ts'
import { auditedValues } from '../edit.ts'
import type { Book } from '../schema.ts'
import { ATTRIBUTES, type Attribute } from './feed/attributes.ts'
import { csvCell } from './feed/csv-cell.ts'
import type { Plan } from './plan.ts'

/** A field of a book before and after, as cells of an export: '' for none. */
export type FieldChange = { readonly field: Attribute; readonly before: string; readonly after: string }

/** Of a new book, what decides a sale; the rest is in the file. */
const NEW_FIELDS = ['category', 'title', 'price', 'stock_quantity', 'status'] as const

const EDITED_FIELDS = ATTRIBUTES.filter(field => !['book_id', 'created_at', 'updated_at'].includes(field))

/** The book that a plan leaves behind; undefined where it changes nothing. */
const bookAfter = (current: Book | undefined, plan: Plan): Book | undefined => {
  if (plan.kind === 'new' || plan.kind === 'moved') return plan.book
  if (plan.kind !== 'changed' || !current) return undefined
  return { ...current, ...plan.changes, stock_quantity: plan.stock ?? current.stock_quantity }
}

/** The fields that a plan changes; of a new book, those that decide a sale. */
export const fieldChanges = (current: Book | undefined, plan: Plan, currency: Currency): FieldChange[] => {
  const book = bookAfter(current, plan)
  if (!book) return []
  const fields = plan.kind === 'new' ? NEW_FIELDS : EDITED_FIELDS
  return fields.flatMap(field => {
    const before = current ? csvCell(current, field, currency) : ''
    const after = csvCell(book, field, currency)
    return before === after ? [] : [{ field, before, after }]
  })
}

/** Who imports which file, for the audit. */
export type ImportSource = {
  /** The id of an account, or the command that acts. */
  readonly actor: string
  /** The name of the file, without its folder. */
  readonly file: string
  /** Unique per run. */
  readonly id: string
}

/**
 * The audit events of a plan, for its transaction. A new book has its entry under the book alone, since thousands of them would hide
 * the other entries of the day, which has the summary of the import.
 */
export const importAudit = (
  table: string,
  { source, currency }: { readonly source: ImportSource; readonly currency: Currency },
  current: Book | undefined,
  plan: Plan,
  now: Date,
): Write[] => {
  const book = bookAfter(current, plan)
  if (!book) return []
  const { actor, file, id } = source
  const event: AuditEvent = {
    actor,
    what: current ? 'book.change' : 'book.create',
    subject: `book:${book.book_id}`,
    ...(current ? { before: auditedValues(current, currency) } : {}),
    after: auditedValues(book, currency),
    ...(current ? { fields: fieldChanges(current, plan, currency).map(({ field }) => field) } : {}),
    source: { import: id, file },
  }
  return current ? auditWrites(table, event, now) : [auditSubjectWrite(table, event, now)]
}
