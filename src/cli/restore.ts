/** `cloudshelf restore` and `cloudshelf resume`: a shop from a backup, quiet until it is resumed. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Command } from 'commander'
import { erasureListPath, readErasures } from '../backup/erasure-list.ts'
import type { Entry } from '../backup/format.ts'
import { type ArchiveSummary, verifyArchive } from '../backup/read.ts'
import { assertRestorable, restoreArchive } from '../backup/restore.ts'
import { resumeShop } from '../backup/resume.ts'
import { readPassphrase } from '../backup/seal.ts'
import { createErasedProjection } from '../composition/erased-projection.ts'
import type { Settings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { LOST_WITH_SECRET } from '../local/secrets.ts'
import { DATA_VERSION } from '../local/upgrade-copy.ts'
import { TABLE_IDS } from '../tables/definitions.ts'
import { readRestored } from '../tables/quiet.ts'
import { isAmazon } from './backup-sources.ts'
import { CommandError } from './errors.ts'
import { counted, note, print, printJson } from './output.ts'
import { startBar } from './progress.ts'
import { assertShopStopped } from './tables.ts'
import { withDeps } from './with-deps.ts'

type RestoreOptions = {
  readonly passphraseFile?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Folder of the settings and secrets of a restored shop, which its operator puts where they belong. */
const settingsFolder = (dataDir: string): string => join(dataDir, 'restored')

const writePrivate = (file: string, bytes: Uint8Array): void => {
  const draft = `${file}.new`
  writeFileSync(draft, bytes, { mode: 0o600 })
  renameSync(draft, file)
}

/** The secret of the shop becomes that of the data folder, where that has none; everything else is put aside. */
const keepIn =
  ({ dataDir, endpoint, secret }: Settings) =>
  ({ name, bytes }: Entry): void => {
    const inUse = join(dataDir, 'secret')
    if (name === 'secrets/secret' && endpoint === undefined && secret === undefined) {
      if (existsSync(inUse) && !readFileSync(inUse).equals(bytes))
        renameSync(inUse, `${inUse}.before-${Date.now()}`)
      writePrivate(inUse, bytes)
      return
    }
    const dir = settingsFolder(dataDir)
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writePrivate(join(dir, name.startsWith('secrets/') ? `secret-${basename(name)}` : basename(name)), bytes)
  }

const summaryText = ({ head, items, covers }: ArchiveSummary): string =>
  `the shop as of ${head.as_of}: ${TABLE_IDS.map(id => `${items[id]} ${id}`).join(', ')}; ${counted(covers, 'cover image')}`

const verify = async (file: string, passphrase: string | undefined): Promise<ArchiveSummary> => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const bar = startBar()
  let done = 0
  const read = (bytes: number): void => {
    done += bytes
    bar.show(done, size, 'verifying the archive')
  }
  return verifyArchive(file, { passphrase, dataVersion: DATA_VERSION, read }).finally(bar.end)
}

const write = async (
  deps: Deps,
  file: string,
  { head, items }: ArchiveSummary,
  passphrase: string | undefined,
): Promise<void> => {
  const total = TABLE_IDS.reduce((sum, id) => sum + items[id], 0)
  const bar = startBar()
  let done = 0
  const wrote = (count: number): void => {
    done += count
    bar.show(done, total, `${done} of ${counted(total, 'item')}`)
  }
  const target = { ...deps, ...(isAmazon(deps.settings) && { putMode: 'batches' as const }) }
  await restoreArchive(target, file, head, { passphrase, wrote, keep: keepIn(deps.settings) }).finally(
    bar.end,
  )
}

const reportRestored = ({ settings }: Deps, summary: ArchiveSummary, file: string): void => {
  print(`restored ${file}: ${summaryText(summary)}`)
  print(`its settings are in ${settingsFolder(settings.dataDir)}: compare them with those of this machine`)
  if (!summary.head.sealed)
    note(
      'cloudshelf: the archive has no secrets. Put the old secret in its place (CLOUDSHELF_SECRET, or the file `secret` of the data folder) before ' +
        `the first start; with another one, ${LOST_WITH_SECRET}`,
    )
  print('The shop is quiet: it sells, but sends no mail and deletes nothing that has expired.')
  print(
    'Make sure that the earlier shop does not run any more, start this one, look at it, and then run `cloudshelf resume`.',
  )
}

const restore = async (given: string, { passphraseFile, dryRun, json }: RestoreOptions): Promise<void> => {
  const file = resolve(given)
  const passphrase = passphraseFile === undefined ? undefined : readPassphrase(passphraseFile)
  // Before anything is opened or created.
  const summary = await verify(file, passphrase)
  await withDeps(
    async deps => {
      assertShopStopped(deps)
      await assertRestorable(deps, summary.head, deps.settings.currency.code)
      if (!dryRun) await write(deps, file, summary, passphrase)
      if (json) printJson({ file, ...summary, restored: !dryRun })
      else if (dryRun)
        print(`${file} is complete and can be restored here: ${summaryText(summary)}. Nothing was restored`)
      else reportRestored(deps, summary, file)
    },
    { needsShop: false },
  )
}

const resume = ({ erasures, json }: { readonly erasures?: string; readonly json?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const restored = await readRestored(deps)
    if (!restored) {
      if (json) printJson({ resumed: false })
      else print('the shop is not quiet: there is nothing to resume')
      return
    }
    if (restored.state === 'restoring')
      throw new CommandError('the restore was cut off: repeat it first, with the same file')
    const { dir } = deps.settings.backup
    const list = erasures ?? (dir === undefined ? undefined : erasureListPath(dir))
    if (erasures !== undefined && !existsSync(erasures))
      throw new CommandError(`there is no file ${erasures}`)
    const listed = list === undefined ? [] : await readErasures(list)
    const projection = createErasedProjection(deps, { isAwaited: true })
    const resumed = await resumeShop({ ...deps, projection }, restored, listed)
    if (json) return printJson({ resumed: true, ...resumed })
    print(`${counted(resumed.erased, 'erasure')} applied`)
    print(
      `${counted(resumed.dropped, 'mail')} of the time before the backup dropped` +
        (resumed.dropped > 0 ? ': `cloudshelf outbox list` shows them' : ''),
    )
    print('the shop goes on: mails are sent, and expired items deleted')
    if (list === undefined)
      note(
        'cloudshelf: no list of erasures was given (BACKUP_DIR or --erasures): accounts that were erased after the backup are in the shop again',
      )
  })

const RESTORE_HELP = `
The whole archive is verified before anything is written. The shop must be empty
and stopped; an interrupted restore is repeated with the same file. Afterwards the
shop is quiet until \`cloudshelf resume\`, so that no customer gets a mail twice.

Examples:
  $ cloudshelf restore shop-2026-03-01.tar --dry-run
  $ CLOUDSHELF_DATA_DIR=rehearsal cloudshelf restore shop-2026-03-01.tar`

export const restoreCommand = (): Command =>
  new Command('restore')
    .description('Restore a backup into an empty shop')
    .argument('<file>', 'File that `cloudshelf backup` has written')
    .option('--passphrase-file <file>', 'File with the passphrase of a sealed backup')
    .option('--dry-run', 'Verify the file and the shop, and restore nothing')
    .option('--json', 'Print JSON')
    .addHelpText('after', RESTORE_HELP)
    .action(restore)

const RESUME_HELP = `
Deletes again what was erased, as the backup and the list of erasures beside the
scheduled backups say; drops the mails that came with the backup, since most of
them have been sent; then mails and deletions go on.`

export const resumeCommand = (): Command =>
  new Command('resume')
    .description('End the quiet state of a restored shop')
    .option('--erasures <file>', 'List of erasures (default: erasures.jsonl in BACKUP_DIR)')
    .option('--json', 'Print JSON')
    .addHelpText('after', RESUME_HELP)
    .action(resume)
