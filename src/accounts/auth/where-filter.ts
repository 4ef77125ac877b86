/** Filter and sort order of the sign-in library's queries, applied to records that have been read. */
import type { CleanedWhere } from 'better-auth/adapters'

/** A record of the library, with its field names and dates as ISO strings. */
export type AuthRecord = Readonly<Record<string, unknown>>

const folded = (value: unknown, insensitive: boolean): unknown =>
  insensitive && typeof value === 'string' ? value.toLowerCase() : value

const compare = (a: unknown, b: unknown): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b)
  return undefined
}

const isEqual = (a: unknown, b: unknown): boolean => (b === null ? (a ?? null) === null : a === b)

const holds = (record: AuthRecord, { field, operator, value: sought, mode }: CleanedWhere): boolean => {
  const insensitive = mode === 'insensitive'
  const value = folded(record[field], insensitive)
  const wanted: unknown = Array.isArray(sought)
    ? sought.map(one => folded(one, insensitive))
    : folded(sought instanceof Date ? sought.toISOString() : sought, insensitive)
  const order = compare(value, wanted)
  const among = Array.isArray(wanted) && wanted.includes(value)
  const [text, part] = [
    typeof value === 'string' ? value : '',
    typeof wanted === 'string' ? wanted : undefined,
  ]
  switch (operator) {
    case 'ne':
      return !isEqual(value, wanted)
    case 'in':
      return among
    case 'not_in':
      return !among
    case 'lt':
      return order !== undefined && order < 0
    case 'lte':
      return order !== undefined && order <= 0
    case 'gt':
      return order !== undefined && order > 0
    case 'gte':
      return order !== undefined && order >= 0
    case 'contains':
      return part !== undefined && text.includes(part)
    case 'starts_with':
      return part !== undefined && text.startsWith(part)
    case 'ends_with':
      return part !== undefined && text.endsWith(part)
    default:
      return isEqual(value, wanted)
  }
}

/** Whether the record matches all clauses that are joined by AND and, if there are any, one of those joined by OR. */
export const matchesWhere = (record: AuthRecord, where: readonly CleanedWhere[]): boolean => {
  const either = where.filter(({ connector }) => connector === 'OR')
  return (
    where.every(clause => clause.connector === 'OR' || holds(record, clause)) &&
    (either.length === 0 || either.some(clause => holds(record, clause)))
  )
}

/** The records sorted by a field; records without it come first, as in a database. */
export const sortRecords = <R extends AuthRecord>(
  records: readonly R[],
  { field, direction }: { readonly field: string; readonly direction: 'asc' | 'desc' },
): R[] => {
  const sign = direction === 'asc' ? 1 : -1
  const rank = (a: unknown, b: unknown): number =>
    compare(a, b) ?? Number((a ?? null) !== null) - Number((b ?? null) !== null)
  return records.toSorted((a, b) => sign * rank(a[field], b[field]))
}
