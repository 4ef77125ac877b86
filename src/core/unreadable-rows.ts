/**
 * Rows that cannot be read as what their table holds, as other clients may write them. Every reader that leaves such a row
 * out, or a part of it, says so here: once for each row in the log, and each time in a metric.
 */
import { LRUCache } from 'lru-cache'
import type * as z from 'zod'
import { sha256 } from './ids.ts'
import type { Log } from './log/log.ts'

/** A row without personal data: logs may show an id of a book or an order, but none of a person. */
export type RowName = {
  /** What the row should be: book, order, cart. */
  readonly kind: string
  readonly id: string
}

export interface UnreadableRows {
  /** Logs what is wrong with a row, unless it was logged before, and counts it. `problem` contains no value of the row. */
  report(row: RowName, problem: string): void
  /** The row as its schema reads it; undefined for one that it cannot read, which is reported. */
  read<T>(schema: z.ZodType<T>, item: unknown, row: RowName): T | undefined
}

const MAX_REMEMBERED = 10_000

/** The first of the problems that zod found: where, and what is expected. */
export const firstProblem = ({ issues: [issue] }: z.ZodError): string =>
  `${issue?.path.join('.') || 'item'}: ${issue?.message ?? 'is not valid'}`

/** A name for a row whose key identifies a person. */
export const anonymousId = (key: string): string => `#${sha256(`unreadable row:${key}`).slice(0, 12)}`

export const createUnreadableRows = (log: Pick<Log, 'event' | 'count'>): UnreadableRows => {
  const logged = new LRUCache<string, true>({ max: MAX_REMEMBERED })

  const report: UnreadableRows['report'] = ({ kind, id }, problem) => {
    log.count({ UnreadableRows: 1 })
    const name = `${kind} ${id}`
    if (logged.has(name)) return
    logged.set(name, true)
    log.event('unread', `${name} cannot be read and is left out, or a part of it (${problem})`)
  }

  return {
    report,
    read: (schema, item, row) => {
      const parsed = schema.safeParse(item)
      if (parsed.success) return parsed.data
      report(row, firstProblem(parsed.error))
      return undefined
    },
  }
}
