/** `cloudshelf pg backfill` and `rebuild`: fill the projection, which a running shop does by itself. */
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readSearchMode } from '../../catalog/search-mode.ts'
import { readSettings } from '../../composition/settings.ts'
import type { Sql } from '../../core/sql/sql.ts'
import { countBackfilled, isBackfilled } from '../../projection/backfill.ts'
import { readParked } from '../../projection/positions.ts'
import type { ProjectionParts } from '../../projection/projection.ts'
import { emptyProjection } from '../../projection/rebuild.ts'
import { CommandError } from '../errors.ts'
import { counted, print, printJson } from '../output.ts'
import { startLine } from '../progress.ts'
import { type AuroraProjection, prepareBiRole, withAurora } from './aurora.ts'
import { type CommandProjection, withProjection } from './with-projection.ts'

type BackfillOptions = { readonly json?: boolean }

const POLL_MS = 200
/** Without progress for so long, whoever fills the database does not. */
const STUCK_MS = 60_000
const NAMED = 20

/** Waits until the follower has filled the database, and shows how far it is. */
const waitUntilFilled = async (projection: CommandProjection): Promise<number> => {
  const line = startLine()
  let last = 0
  let movedAt = performance.now()
  try {
    for (;;) {
      const items = await countBackfilled(projection)
      if (items !== last) movedAt = performance.now()
      last = items
      if (await isBackfilled(projection)) return items
      if (performance.now() - movedAt > STUCK_MS)
        throw new CommandError(
          'nothing was filled for a minute: see the log of the shop, and whether it is started with this DATABASE_URL',
        )
      line.show(`${counted(items, 'item')} applied`)
      await sleep(POLL_MS)
    }
  } finally {
    line.end()
  }
}

const fill = async (projection: CommandProjection, { json }: BackfillOptions): Promise<void> => {
  const since = performance.now()
  const items = await waitUntilFilled(projection)
  await projection.settled(new Date())
  await printFilled(projection.sql, items, since, json)
}

const printFilled = async (
  sql: Sql,
  items: number,
  since: number,
  json: boolean | undefined,
): Promise<void> => {
  const parked = await readParked(sql, NAMED)
  const seconds = Math.round((performance.now() - since) / 100) / 10
  if (json) return printJson({ items, seconds, parked })
  print(`filled: ${counted(items, 'item')} in ${seconds} s`)
  for (const { tbl, name, why } of parked) print(`left out: ${tbl} ${name} (${why})`)
}

/** On AWS the command fills the database itself, and goes on where it was cut off. */
const fillAurora = async ({ sql, streamed }: AuroraProjection, { json }: BackfillOptions): Promise<void> => {
  const since = performance.now()
  const line = startLine()
  const items = await streamed
    .backfill({ onProgress: read => line.show(`${counted(read, 'item')} applied`) })
    .finally(line.end)
  await prepareBiRole(sql)
  await printFilled(sql, items, since, json)
}

export const runBackfill = (options: BackfillOptions): Promise<void> => {
  const { aurora } = readSettings()
  return aurora
    ? withAurora(aurora, projection => fillAurora(projection, options))
    : withProjection(projection => fill(projection, options))
}

const WARNING =
  'the reports are empty until it is filled again, and earlier prices, the times of order states, and books and carts that are gone are lost'

const confirm = async (): Promise<void> => {
  if (!process.stdin.isTTY) throw new CommandError(`${WARNING}: repeat the command with --yes`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`Empty and fill again? Note that ${WARNING}. [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('nothing was changed')
  } finally {
    terminal.close()
  }
}

/** Throws CommandError while PostgreSQL answers searches: they would find nothing until it is filled again. */
const assertNotSearched = async ({ db, controlTable }: ProjectionParts): Promise<void> => {
  const mode = (await readSearchMode(db, controlTable)) ?? readSettings().search
  if (mode !== 'postgres') return
  throw new CommandError(
    'PostgreSQL answers searches: run `npx cloudshelf pg back` first; once it is rebuilt, `npx cloudshelf pg verify` and `npx cloudshelf pg use search postgres` again',
  )
}

export const runRebuild = async ({
  yes = false,
  ...options
}: BackfillOptions & { readonly yes?: boolean }): Promise<void> => {
  if (!yes) await confirm()
  const { aurora } = readSettings()
  const empty = async (projection: ProjectionParts): Promise<void> => {
    await assertNotSearched(projection)
    await emptyProjection(projection.sql, projection.pseudonyms)
  }
  if (aurora) await withAurora(aurora, empty)
  else await withProjection(empty, { takesOver: true, withoutFollower: true })
  await runBackfill(options)
}
