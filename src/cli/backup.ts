/** `cloudshelf backup`: the whole shop as one file. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { BackupError } from '../backup/format.ts'
import { readPassphrase } from '../backup/seal.ts'
import { settingFiles } from '../backup/setting-files.ts'
import { assertWritable, type Source, type WrittenArchive, writeArchive } from '../backup/write.ts'
import { createDatabase } from '../composition/clients.ts'
import { readSettings, readSetVariables } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { scanRaw } from '../core/dynamo/raw-items.ts'
import { databasePath } from '../local/data-folder.ts'
import { takeSnapshot } from '../local/database-snapshot.ts'
import { LOST_WITH_SECRET } from '../local/secrets.ts'
import { DATA_VERSION } from '../local/upgrade-copy.ts'
import { TABLE_IDS } from '../tables/definitions.ts'
import { readRestored } from '../tables/quiet.ts'
import { CommandError } from './errors.ts'
import { counted, note, print, printJson } from './output.ts'
import { startBar } from './progress.ts'
import { withDeps } from './with-deps.ts'

type BackupOptions = {
  readonly passphraseFile?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The shop at one moment, until `close`. */
type OpenedSource = { readonly source: Source; readonly close: () => Promise<void> }

const secretOf = ({ settings }: Deps): string | undefined => {
  const file = join(settings.dataDir, 'secret')
  return settings.secret === undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

const openSource = async (deps: Deps): Promise<OpenedSource> => {
  const { settings, names, blobs } = deps
  const snapshot = await takeSnapshot(settings.dataDir)
  const db = createDatabase(settings, () => snapshot.endpoint)
  const texts = { ...settings.shop, secret: secretOf(deps) }
  return {
    source: {
      head: {
        release: manifest.version,
        data_version: DATA_VERSION,
        as_of: snapshot.asOf.toISOString(),
        method: 'snapshot',
        currency: settings.currency.code,
        public_url: settings.publicUrl,
      },
      items: id => scanRaw(db, names[id]),
      cover: blobs.get,
      ...settingFiles(readSetVariables(), texts),
    },
    close: async () => {
      await db.close()
      await snapshot.close()
    },
  }
}

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

const write = async (deps: Deps, file: string, { passphraseFile, json }: BackupOptions): Promise<void> => {
  const passphrase = passphraseFile === undefined ? undefined : readPassphrase(passphraseFile)
  const total = await countItems(deps)
  const bar = startBar()
  let done = 0
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort(new CommandError('interrupted: no backup was written'))
  for (const signal of SIGNALS) process.once(signal, interrupt)
  const { source, close } = await openSource(deps)
  try {
    const written = await writeArchive(file, source, {
      passphrase,
      signal: interrupted.signal,
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
  if (endpoint !== undefined)
    throw new BackupError(
      'a backup is made of the embedded engine alone: of another database, use its own backups (docs/operations.md for Amazon DynamoDB)',
    )
  if (!existsSync(databasePath(dataDir))) throw new CommandError(`there is no shop in ${dataDir}`)
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
The shop goes on meanwhile. The file has all tables as they were at one moment,
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
    .option('--dry-run', 'Say what would be written, and write nothing')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(backup)
