/** `cloudshelf pg drop`: removes everything that the shop has in PostgreSQL, which is a copy and can be built again. */
import { existsSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { isMigrated } from '../../core/sql/migrate.ts'
import { SHOP_SCHEMAS } from '../../core/sql/reader-role.ts'
import { readLockOwner, tryLockDataFolder } from '../../local/data-folder.ts'
import { endJournalReader } from '../../local/journal/files.ts'
import { postgresFolder } from '../../local/postgres/cluster.ts'
import { PROJECTION_READER } from '../../local/postgres/load.ts'
import { endOrphanedPostgres } from '../../local/postgres/running.ts'
import { CommandError } from '../errors.ts'
import { print, printJson } from '../output.ts'
import { placeOf, requirePostgres, withPostgres } from './with-postgres.ts'

export type DropOptions = { readonly yes?: boolean; readonly json?: boolean }

const confirm = async (what: string): Promise<void> => {
  if (!process.stdin.isTTY)
    throw new CommandError(
      `this removes ${what}: repeat the command with --yes. Note that earlier prices, the times of order states, and books and carts that are gone are lost`,
    )
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(
      `Remove ${what}? It can be built again from the tables, but earlier prices, the times of order states, and books and carts that are gone are lost. [y/N] `,
    )
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('nothing was removed')
  } finally {
    terminal.close()
  }
}

const dropEmbedded = async (dataDir: string, yes: boolean): Promise<string | undefined> => {
  const folder = postgresFolder(dataDir)
  if (!existsSync(folder.path)) return undefined
  if (!yes) await confirm(folder.path)
  const lock = tryLockDataFolder(dataDir, 'command')
  if (!lock) throw new CommandError('another command is using the data folder: wait until it has finished')
  try {
    await endOrphanedPostgres(folder)
    rmSync(folder.path, { recursive: true, force: true })
    return folder.path
  } finally {
    lock.release()
  }
}

const dropSchemas = (yes: boolean): Promise<string | undefined> =>
  withPostgres(async ({ sql, url }) => {
    // Schemas of these names in another database are not the shop's.
    if (!(await isMigrated(sql))) return undefined
    const found = await sql.query<{ name: string }>(
      'select nspname as name from pg_namespace where nspname = any (string_to_array($1, $2)) order by 1',
      [SHOP_SCHEMAS.join(','), ','],
    )
    if (found.length === 0) return undefined
    const what = `the schemas ${found.map(({ name }) => name).join(', ')} of ${placeOf(url)}`
    if (!yes) await confirm(what)
    await sql.transaction(async transaction => {
      for (const { name } of found) await transaction.query(`drop schema ${name} cascade`)
    })
    return what
  })

export const dropPostgres = async ({ yes = false, json }: DropOptions): Promise<void> => {
  const { dataDir, isEmbedded } = requirePostgres()
  const owner = readLockOwner(dataDir)
  if (owner?.kind === 'shop') throw new CommandError(`the shop is running (pid ${owner.pid}): stop it first`)
  const dropped = isEmbedded ? await dropEmbedded(dataDir, yes) : await dropSchemas(yes)
  endJournalReader(dataDir, PROJECTION_READER)
  if (json) return printJson({ dropped: dropped ?? null })
  print(dropped === undefined ? 'there is nothing to remove' : `removed ${dropped}`)
}
