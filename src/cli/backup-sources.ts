/** The shop at one moment, for a backup: a snapshot of the embedded engine, exports of Amazon DynamoDB, or a copy of another database with its captured changes. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { exportShop } from '../backup/aws-export.ts'
import { type CollectOptions, collectShop } from '../backup/captured.ts'
import { type ArchiveHead, BackupError } from '../backup/format.ts'
import { createItemStore } from '../backup/item-store.ts'
import { settingFiles } from '../backup/setting-files.ts'
import type { Source } from '../backup/write.ts'
import { createDatabase, createSigner, createUnfencedWire } from '../composition/clients.ts'
import { readSettingsWith, readSetVariables, type Settings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { createBucketObjects } from '../core/aws/s3-objects.ts'
import { createDynamo } from '../core/dynamo/dynamo.ts'
import { scanRaw } from '../core/dynamo/raw-items.ts'
import { takeSnapshot } from '../local/database-snapshot.ts'
import { openJournalReader } from '../local/journal/reader.ts'
import { DATA_VERSION } from '../local/upgrade-copy.ts'
import { explainError } from './errors.ts'
import { note } from './output.ts'

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

/** Lets Amazon DynamoDB export its tables to a bucket, from where they are read. */
const openExport = async (deps: Deps, { bucket, signal, begin }: SourceOptions): Promise<OpenedSource> => {
  const { settings, names } = deps
  if (bucket === undefined)
    throw new BackupError(
      'of Amazon DynamoDB, a backup is made by its exports to S3: name a private bucket of yours in the same Region with --bucket',
    )
  const { bucket: address = '' } = readSettingsWith({ BLOB_BUCKET: bucket })
  const objects = createBucketObjects(address, createSigner(settings, 's3'))
  const db = createDynamo(createUnfencedWire(settings))
  const onLeft = (folders: readonly string[]): void =>
    note(
      `cloudshelf: exports are left in the bucket ${bucket}, with the personal data of your customers. DynamoDB may still be writing them: delete in an hour ${folders.join(', ')}`,
    )
  const options = { ...(signal && { signal }), ...(begin && { begin }), onLeft }
  const exported = await exportShop({ db, names, bucket, objects }, options).finally(() => db.close())
  return {
    source: sourceOf(deps, { asOf: exported.asOf, method: 'export' }, exported.items),
    // The backup is written: it counts.
    close: () =>
      exported
        .remove()
        .catch((error: unknown) =>
          note(`cloudshelf: the exports could not be deleted: ${explainError(error) ?? String(error)}`),
        ),
  }
}

export type SourceOptions = CollectOptions & {
  /** Bucket to which Amazon DynamoDB exports. */
  readonly bucket?: string | undefined
}

const AWS_HOST = /\.amazonaws\.com(\.cn)?$/

/** Whether the database of the settings is Amazon DynamoDB. */
export const isAmazon = ({ endpoint }: Pick<Settings, 'endpoint'>): boolean =>
  endpoint !== undefined && AWS_HOST.test(new URL(endpoint).hostname)

/** Opens the database of the settings for the backup in `file`. Throws BackupError, StartError, and the errors of the database. */
export const openSource = (deps: Deps, file: string, options: SourceOptions): Promise<OpenedSource> => {
  if (deps.settings.endpoint === undefined) return openSnapshot(deps)
  return isAmazon(deps.settings) ? openExport(deps, options) : openCaptured(deps, file, options)
}
