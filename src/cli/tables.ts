/** `cloudshelf tables`: makes, checks and deletes the tables. */
import { Command } from 'commander'
import { removeSnapshot } from '../catalog/index/snapshot.ts'
import type { Deps } from '../composition/shop.ts'
import { readHolder } from '../local/data-folder.ts'
import { TABLE_IDS, type TableId } from '../tables/definitions.ts'
import { createTables, deleteTables, passes, type TableCheck, verifyTables } from '../tables/provision.ts'
import { restoreTable } from '../tables/restore.ts'
import { withDeps } from './open.ts'
import { CommandError, FAILED, print, printJson } from './output.ts'

type Json = { readonly json?: boolean }

const create = ({ json }: Json): Promise<void> =>
  withDeps(
    async ({ db, settings }) => {
      const made = await createTables(db, settings.names)
      if (json) printJson({ made })
      else
        for (const name of Object.values(settings.names))
          print(`${name} ${made.includes(name) ? 'made' : 'was there'}`)
    },
    { makeTables: false },
  )

const line = (point: TableCheck): string => {
  const what = `${point.table}  ${point.point}`
  return passes(point)
    ? `✓ ${what}  ${point.found}`
    : `✗ ${what}  found: ${point.found}  expected: ${point.expected}`
}

const verify = ({ json }: Json): Promise<void> =>
  withDeps(
    async ({ db, settings }) => {
      const points: (TableCheck & { ok: boolean })[] = []
      for await (const point of verifyTables(db, settings.names)) {
        points.push({ ...point, ok: passes(point) })
        if (!json) print(line(point))
      }
      if (json) printJson(points)
      if (points.some(point => !point.ok)) process.exitCode = FAILED
    },
    { makeTables: false },
  )

/** A running shop would go on with its memory of books that are gone, and write that memory down when it ends. */
const assertNoShop = ({ settings }: Deps): void => {
  const holder = settings.endpoint === undefined ? readHolder(settings.dataDir) : undefined
  if (holder?.kind === 'shop')
    throw new CommandError(`the shop (pid ${holder.pid}) works on these tables: stop it first`)
}

const remove = ({ json }: Json): Promise<void> =>
  withDeps(
    async deps => {
      assertNoShop(deps)
      const gone = await deleteTables(deps.db, deps.settings.names)
      await removeSnapshot(deps.blobs)
      if (json) printJson({ deleted: gone })
      else print(gone.length > 0 ? `deleted ${gone.join(', ')}` : 'there were no tables')
    },
    { makeTables: false },
  )

const back = (ids: readonly string[], { json, suffix }: Json & { readonly suffix: string }): Promise<void> =>
  withDeps(
    async deps => {
      assertNoShop(deps)
      const wrong = ids.find(id => !TABLE_IDS.includes(id as TableId))
      if (wrong !== undefined) throw new CommandError(`${wrong} is none of ${TABLE_IDS.join(', ')}`)
      const { db, settings } = deps
      for (const id of ids as TableId[]) {
        const name = settings.names[id]
        const { written, deleted, same } = await restoreTable(db, id, { name, from: `${name}${suffix}` })
        if (json) printJson({ table: name, written, deleted, same })
        else print(`${name}  ${written} rows put back, ${deleted} deleted, ${same} were the same`)
      }
    },
    { makeTables: false },
  )

export const tablesCommand = (): Command => {
  const tables = new Command('tables').description('make, check or delete the tables')
  tables
    .command('create')
    .description('make the tables that are missing, with indexes and TTL; change no other')
    .option('--json', 'the names of the tables made, as JSON')
    .action(create)
  tables
    .command('verify')
    .description("the specification's checklist: names, keys, indexes, billing mode, TTL, status")
    .option('--json', 'the points as a JSON array')
    .addHelpText(
      'after',
      '\nStops at the first difference, says what was found and what was expected, and exits with 1.',
    )
    .action(verify)
  tables
    .command('delete')
    .description('delete all tables with everything in them: books, carts, users and orders')
    .requiredOption('--yes', 'yes, all of it, for good')
    .option('--json', 'the names of the tables deleted, as JSON')
    .action(remove)
  tables
    .command('put-back')
    .description('make the rows of tables those of restored copies, such as cloudshelf-orders-back')
    .argument('<table...>', TABLE_IDS.join(', '))
    .option('--suffix <text>', 'what the copies are called behind the tables’ names', '-back')
    .requiredOption('--yes', 'yes: whatever was written since is lost')
    .option('--json', 'what was done, as JSON')
    .addHelpText(
      'after',
      '\nFor when nobody writes. Then: cloudshelf erasures apply, cloudshelf doctor --reindex.',
    )
    .action(back)
  return tables
}
