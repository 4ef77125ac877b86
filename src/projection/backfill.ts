/**
 * Backfill: applies every item of the tables once. It reads keys only, and its position is written with what it applied, so that it
 * goes on where it was cut off. Items that change meanwhile are followed by their captured keys.
 */
import * as z from 'zod'
import type { Dynamo, Key } from '../core/dynamo/dynamo.ts'
import type { SqlQueries } from '../core/sql/sql.ts'
import type { Apply, ApplyDeps } from './apply.ts'
import { readGeneration, readPosition, recordRun, writePosition } from './positions.ts'

export type BackfillDeps = Pick<ApplyDeps, 'sql' | 'tables' | 'pseudonyms'> & {
  readonly db: Pick<Dynamo, 'scan' | 'pages'>
  readonly apply: Apply
}

export type PassOptions = {
  /** Called after each page: to rest, and to follow changes meanwhile. */
  readonly pause?: (workedMs: number) => Promise<void>
  /** Called after each page with the number of items read so far. */
  readonly onProgress?: (items: number) => void
  readonly signal?: AbortSignal
}

const PAGE = 500
const Progress = z.object({ items: z.int(), after: z.string().optional(), done: z.boolean() })
const START: z.infer<typeof Progress> = { items: 0, done: false }

const sourceOf = (id: string): string => `backfill:${id}`

/** Whether every table was applied once. */
export const isBackfilled = async ({
  sql,
  tables,
}: Pick<BackfillDeps, 'tables'> & { readonly sql: SqlQueries }): Promise<boolean> => {
  for (const { id } of tables) {
    const position = await readPosition(sql, sourceOf(id))
    if (position === undefined || !Progress.parse(JSON.parse(position)).done) return false
  }
  return true
}

/** How many items a backfill has applied so far. */
export const countBackfilled = async ({
  sql,
  tables,
}: Pick<BackfillDeps, 'sql' | 'tables'>): Promise<number> => {
  let items = 0
  for (const { id } of tables) {
    const position = await readPosition(sql, sourceOf(id))
    if (position !== undefined) items += Progress.parse(JSON.parse(position)).items
  }
  return items
}

/**
 * Applies what is left of the tables. Returns how many items it read, those of an earlier run included. Idempotent. Throws RebuiltError
 * when the projection is emptied meanwhile.
 */
export const backfill = async (
  deps: BackfillDeps,
  { pause = async () => {}, onProgress = () => {}, signal }: PassOptions = {},
): Promise<number> => {
  const { sql, db, tables, pseudonyms, apply } = deps
  const started = new Date().toISOString()
  const generation = await readGeneration(sql)
  const counted: Record<string, number> = {}
  let total = 0
  let isComplete = false
  /** Applies keys, and writes how far the table is with them. */
  const save = (id: string, progress: z.infer<typeof Progress>, keys: Parameters<Apply>[0] = []) =>
    apply(keys, transaction =>
      writePosition(transaction, { source: sourceOf(id), position: JSON.stringify(progress), generation }),
    )
  for (const table of tables) {
    const saved = await readPosition(sql, sourceOf(table.id))
    const progress = saved === undefined ? START : Progress.parse(JSON.parse(saved))
    let items = progress.items
    let since = performance.now()
    const keyOf = (item: Readonly<Record<string, unknown>>): Key =>
      Object.fromEntries(table.keyAttributes.map(name => [name, String(item[name])]))
    if (!progress.done) {
      const after = progress.after === undefined ? undefined : pseudonyms.open(progress.after)?.key
      const scan = { pageSize: PAGE, attributes: table.keyAttributes, ...(after && { after }) }
      for await (const page of table.pages(db, scan)) {
        if (signal?.aborted) return total + items
        const keys = page.map(item => ({ table: table.source, key: keyOf(item) }))
        items += keys.length
        const last = keys.at(-1)
        await save(table.id, { items, done: false, ...(last && { after: pseudonyms.seal(last) }) }, keys)
        onProgress(total + items)
        await pause(performance.now() - since)
        since = performance.now()
      }
      await save(table.id, { items, done: true })
      isComplete = true
    }
    counted[table.id] = items
    total += items
  }
  if (isComplete) {
    const ended = new Date().toISOString()
    await recordRun(sql, {
      kind: 'backfill',
      started,
      ended,
      counted,
      missing: 0,
      differ: 0,
      extra: 0,
      parked: 0,
    })
  }
  return total
}
