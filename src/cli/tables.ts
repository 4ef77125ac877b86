/** `cloudshelf tables`: creates, verifies, restores and deletes the tables. */
import { Command } from 'commander'
import { removeSnapshot } from '../catalog/index/snapshot.ts'
import type { Deps } from '../composition/shop.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { readLockOwner } from '../local/data-folder.ts'
import { TABLE_IDS, type TableId } from '../tables/definitions.ts'
import { createTables, deleteTables, passes, type TableCheck, verifyTables } from '../tables/provision.ts'
import { type RestoreProgress, restoreTable } from '../tables/restore.ts'
import { CommandError, FAILED } from './errors.ts'
import { counted, print, printJson } from './output.ts'
import { startLine } from './progress.ts'
import { withDeps } from './with-deps.ts'

type Json = { readonly json?: boolean }

const withTables = (work: (deps: Deps) => Promise<void>): Promise<void> =>
  withDeps(work, { needsShop: false })

const create = ({ json }: Json): Promise<void> =>
  withTables(async ({ db, names }) => {
    const made = await createTables(db, names)
    if (json) return printJson({ made })
    for (const name of Object.values(names))
      print(`${name}  ${made.includes(name) ? 'created' : 'already exists'}`)
  })

const checkText = (check: TableCheck): string => {
  const what = `${check.table}  ${check.point}`
  return passes(check)
    ? `✓ ${what}  ${check.found}`
    : `✗ ${what}  found: ${check.found}  expected: ${check.expected}`
}

const verify = ({ json }: Json): Promise<void> =>
  withTables(async ({ db, names }) => {
    const checks: (TableCheck & { ok: boolean })[] = []
    for await (const check of verifyTables(db, names)) {
      checks.push({ ...check, ok: passes(check) })
      if (!json) print(checkText(check))
    }
    if (json) printJson(checks)
    if (checks.some(check => !check.ok)) process.exitCode = FAILED
  })

/** Throws CommandError while the shop runs: it would keep its old books in its index, and save that index when it stops. */
export const assertShopStopped = ({ settings }: Deps): void => {
  const holder = settings.endpoint === undefined ? readLockOwner(settings.dataDir) : undefined
  if (holder?.kind === 'shop')
    throw new CommandError(`the shop is running (pid ${holder.pid}): stop it first`)
}

const remove = ({ json }: Json): Promise<void> =>
  withTables(async deps => {
    assertShopStopped(deps)
    const deleted = await deleteTables(deps.db, deps.names)
    await removeSnapshot(deps.blobs)
    if (json) printJson({ deleted })
    else print(deleted.length > 0 ? `deleted ${deleted.join(', ')}` : 'there are no tables')
  })

const isTableId = (id: string): id is TableId => TABLE_IDS.some(one => one === id)

const tableId = (id: string): TableId => {
  if (isTableId(id)) return id
  throw new CommandError(`unknown table ${id}: it must be one of ${TABLE_IDS.join(', ')}`)
}

const isNoSuchTable = (error: unknown): boolean =>
  error instanceof DynamoError && error.type === 'ResourceNotFoundException'

const progressText = ({ compared, deleted, written, toWrite }: RestoreProgress): string =>
  toWrite === undefined
    ? `${counted(compared, 'item')} compared, ${deleted} deleted`
    : `${written} of ${counted(toWrite, 'item')} restored`

const restore = (
  given: readonly string[],
  { json, suffix }: Json & { readonly suffix: string },
): Promise<void> =>
  withTables(async deps => {
    assertShopStopped(deps)
    for (const id of given.map(tableId)) {
      const name = deps.names[id]
      const from = `${name}${suffix}`
      const line = startLine()
      const report = (progress: RestoreProgress): void => line.show(`${name}  ${progressText(progress)}`)
      const { written, deleted, same } = await restoreTable(deps.db, id, { name, from }, report)
        .catch((error: unknown) => {
          throw isNoSuchTable(error)
            ? new CommandError(`there is no table ${from}: restore the backup into it first, or set --suffix`)
            : error
        })
        .finally(line.end)
      if (json) printJson({ table: name, written, deleted, same })
      else print(`${name}  ${counted(written, 'item')} restored, ${deleted} deleted, ${same} unchanged`)
    }
  })

const VERIFY_HELP = `
Checks names, keys, indexes, billing mode, TTL and status against the
specification, stops at the first difference, and exits with 1.`

const RESTORE_HELP = `
Stop everything that writes to the tables first. An interrupted command is
repeated: it compares the tables again, and goes on with what is missing.
Afterwards run
\`cloudshelf erasures apply\` and \`cloudshelf doctor --reindex\`.

Example, after a point-in-time restore into cloudshelf-orders-back:
  $ cloudshelf tables put-back orders --yes`

export const tablesCommand = (): Command => {
  const tables = new Command('tables').description('Create, verify, restore and delete the tables')
  tables
    .command('create')
    .description('Create the missing tables, with their indexes and TTL')
    .option('--json', 'Print JSON')
    .action(create)
  tables
    .command('verify')
    .description('Verify the tables against the specification')
    .option('--json', 'Print JSON')
    .addHelpText('after', VERIFY_HELP)
    .action(verify)
  tables
    .command('delete')
    .description('Delete all tables with everything in them: books, carts, accounts and orders')
    .requiredOption('--yes', 'Confirm: this cannot be undone')
    .option('--json', 'Print JSON')
    .action(remove)
  tables
    .command('put-back')
    .description('Restore the items of tables from copies, such as cloudshelf-orders-back')
    .argument('<table...>', TABLE_IDS.join(', '))
    .option('--suffix <text>', 'Suffix of the names of the copies', '-back')
    .requiredOption('--yes', 'Confirm: changes since the copy was made are lost')
    .option('--json', 'Print JSON')
    .addHelpText('after', RESTORE_HELP)
    .action(restore)
  return tables
}
