/** `cloudshelf backup`: the whole shop as one file. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { readPassphrase } from '../backup/seal.ts'
import { assertWritable, type WrittenArchive, writeArchive } from '../backup/write.ts'
import { readSettings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { databasePath } from '../local/data-folder.ts'
import { LOST_WITH_SECRET } from '../local/secrets.ts'
import { TABLE_IDS } from '../tables/definitions.ts'
import { readRestored } from '../tables/quiet.ts'
import { openSource } from './backup-sources.ts'
import { CommandError } from './errors.ts'
import { counted, note, print, printJson } from './output.ts'
import { startBar } from './progress.ts'
import { withDeps } from './with-deps.ts'

type BackupOptions = {
  readonly bucket?: string
  readonly passphraseFile?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Items of all tables, as the database counts them. */
const countItems = async ({ db, names }: Deps): Promise<number> => {
  const counts = await Promise.all(
    TABLE_IDS.map(async id => {
      const { Table } = await db.admin('DescribeTable', { TableName: names[id] }, true)
      return Number((Table as { ItemCount?: number }).ItemCount ?? 0)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

const WITHOUT_SECRETS =
  'the archive is not sealed, so it has no secrets: not the secret of the shop, nor the passwords in its settings (SMTP_URL and the like). ' +
  `Keep them elsewhere, or seal it with --passphrase-file. Without the secret of the shop, ${LOST_WITH_SECRET}`

const report = ({ head, items, covers, bytes, missingCovers }: WrittenArchive, file: string): void => {
  const tables = TABLE_IDS.map(id => `${items[id]} ${id}`).join(', ')
  print(`${file}  ${counted(bytes, 'byte')}, verified`)
  print(`the shop as of ${head.as_of}: ${tables}; ${counted(covers, 'cover image')}`)
  if (missingCovers > 0)
    note(
      `cloudshelf: ${counted(missingCovers, 'cover image')} that books name are not stored, and not in the archive`,
    )
  if (!head.sealed) note(`cloudshelf: ${WITHOUT_SECRETS}`)
}

const write = async (
  deps: Deps,
  file: string,
  { passphraseFile, bucket, json }: BackupOptions,
): Promise<void> => {
  const passphrase = passphraseFile === undefined ? undefined : readPassphrase(passphraseFile)
  const total = await countItems(deps)
  const bar = startBar()
  let done = 0
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort(new CommandError('interrupted: no backup was written'))
  for (const signal of SIGNALS) process.once(signal, interrupt)
  const { signal } = interrupted
  const collected = (items: number): void => {
    done += items
    bar.show(done, total, `${counted(done, 'item')} read`)
  }
  const begin = (what: string): void => {
    done = 0
    bar.show(total, total, what)
  }
  const opening = openSource(deps, file, { bucket, signal, items: collected, begin })
  const { source, close } = await opening.catch((error: unknown) => {
    bar.end()
    throw signal.aborted ? signal.reason : error
  })
  done = 0
  try {
    const written = await writeArchive(file, source, {
      passphrase,
      signal,
      now: deps.now,
      progress: {
        items: count => {
          done += count
          bar.show(done, total, `${done} of ${counted(total, 'item')}`)
        },
        begin: what => bar.show(total, total, what),
      },
    })
    bar.end()
    if (json) printJson({ file, ...written })
    else report(written, file)
  } finally {
    bar.end()
    await close()
    for (const signal of SIGNALS) process.off(signal, interrupt)
  }
}

const assertShop = async (deps: Deps): Promise<void> => {
  if ((await readRestored(deps))?.state === 'restoring')
    throw new CommandError('the restore of a backup was cut off here: repeat it first')
}

const backup = async (given: string, options: BackupOptions): Promise<void> => {
  const file = resolve(given)
  const { endpoint, dataDir } = readSettings()
  if (endpoint === undefined && !existsSync(databasePath(dataDir)))
    throw new CommandError(`there is no shop in ${dataDir}`)
  await assertWritable(file)
  await withDeps(
    async deps => {
      await assertShop(deps)
      if (!options.dryRun) return write(deps, file, options)
      const items = await countItems(deps)
      if (options.json) printJson({ file, items })
      else
        print(
          `${file} can be written: ${counted(items, 'item')}, and the covers of the books. Nothing was written`,
        )
    },
    { needsShop: false },
  )
}

const HELP = `
The shop goes on meanwhile; of another database than the embedded engine, it takes
no orders for at most two seconds at the end. The file has all tables as they were at one moment,
the covers and the settings; it is readable by its owner only, is read back and
verified, and overwrites nothing. It holds the personal data of your customers.
With --passphrase-file it is sealed (in the age format), and has the secrets of
the shop too.

The items in it are in DynamoDB's export format: its import from S3 reads them.

Examples:
  $ cloudshelf backup /var/backups/shop-2026-03-01.tar
  $ cloudshelf backup shop.tar.age --passphrase-file ~/backup-passphrase
docs/self-hosting.md has scheduled backups, and how to rehearse a restore.`

export const backupCommand = (): Command =>
  new Command('backup')
    .description('Write the whole shop to a file: tables, covers, settings')
    .argument('<file>', 'File to write; must not exist')
    .option('--passphrase-file <file>', 'Seal it with the passphrase in this file')
    .option('--bucket <name>', 'Bucket to which Amazon DynamoDB exports its tables')
    .option('--dry-run', 'Say what would be written, and write nothing')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(backup)
