/** The shop at one moment, for a backup: a snapshot of the embedded engine, or a copy of another database with its captured changes. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { type CollectOptions, collectShop } from '../backup/captured.ts'
import type { ArchiveHead } from '../backup/format.ts'
import { createItemStore } from '../backup/item-store.ts'
import { settingFiles } from '../backup/setting-files.ts'
import type { Source } from '../backup/write.ts'
import { createDatabase, createUnfencedWire } from '../composition/clients.ts'
import { readSetVariables } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { createDynamo } from '../core/dynamo/dynamo.ts'
import { scanRaw } from '../core/dynamo/raw-items.ts'
import { takeSnapshot } from '../local/database-snapshot.ts'
import { openJournalReader } from '../local/journal/reader.ts'
import { DATA_VERSION } from '../local/upgrade-copy.ts'

/** The shop at one moment, until `close`. */
export type OpenedSource = { readonly source: Source; readonly close: () => Promise<void> }

const secretOf = ({ settings }: Deps): string | undefined => {
  const file = join(settings.dataDir, 'secret')
  return settings.secret === undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

const sourceOf = (
  deps: Deps,
  { asOf, method }: { readonly asOf: Date; readonly method: ArchiveHead['method'] },
  items: Source['items'],
): Source => {
  const { settings, blobs } = deps
  return {
    head: {
      release: manifest.version,
      data_version: DATA_VERSION,
      as_of: asOf.toISOString(),
      method,
      currency: settings.currency.code,
      public_url: settings.publicUrl,
    },
    items,
    cover: blobs.get,
    ...settingFiles(readSetVariables(), { ...settings.shop, secret: secretOf(deps) }),
  }
}

const openSnapshot = async (deps: Deps): Promise<OpenedSource> => {
  const snapshot = await takeSnapshot(deps.settings.dataDir)
  const db = createDatabase(deps.settings, () => snapshot.endpoint)
  return {
    source: sourceOf(deps, { asOf: snapshot.asOf, method: 'snapshot' }, id => scanRaw(db, deps.names[id])),
    close: async () => {
      await db.close()
      await snapshot.close()
    },
  }
}

/** Copies the database while the processes of this data folder write to it; the items wait beside the file that is written. */
const openCaptured = async (deps: Deps, file: string, options: CollectOptions): Promise<OpenedSource> => {
  const { settings, names } = deps
  const reader = `backup-${process.pid}`
  const captured = await openJournalReader(settings.dataDir, reader, { endsWithProcess: true })
  const db = createDynamo(createUnfencedWire(settings))
  const store = createItemStore(`${file}.${process.pid}.partial-items`)
  try {
    const asOf = await collectShop({ db, names, captured }, store, options)
    return {
      source: sourceOf(deps, { asOf, method: 'capture' }, async function* (id) {
        yield* store.pages(id)
      }),
      close: async () => store.close(),
    }
  } catch (error) {
    store.close()
    throw error
  } finally {
    captured.unregister()
    await db.close()
  }
}

/** Opens the database of the settings for the backup in `file`. Throws BackupError, StartError, and the errors of the database. */
export const openSource = (deps: Deps, file: string, options: CollectOptions): Promise<OpenedSource> =>
  deps.settings.endpoint === undefined ? openSnapshot(deps) : openCaptured(deps, file, options)
