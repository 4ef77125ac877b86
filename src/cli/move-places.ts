/** The places that `cloudshelf move` knows: the embedded engine, a DynamoDB-compatible server, and the tables of a stage on AWS. */
import { join } from 'node:path'
import { createBucketBlobs, createUnfencedWire } from '../composition/clients.ts'
import { blobFolder, readSettings, readSettingsWith, type Settings } from '../composition/settings.ts'
import { createFolderBlobs } from '../core/blobs.ts'
import { createDynamo } from '../core/dynamo/dynamo.ts'
import { tryLockDataFolder } from '../local/data-folder.ts'
import { openJournalReader } from '../local/journal/reader.ts'
import { acquireEngine } from '../local/shared-engine.ts'
import type { Place } from '../move/place.ts'
import type { MoveRecord } from '../move/record.ts'
import { DEFAULT_TABLE_NAMES, TABLE_IDS, TABLES } from '../tables/definitions.ts'
import { CommandError } from './errors.ts'
import { note } from './output.ts'

/** Prefix of the table names of a stage, as infra/settings/stage.ts has it. */
const STAGE_PREFIXES: Readonly<Record<string, string>> = { prod: '', staging: 'staging-', dev: 'dev-' }
const AWS = /^aws:([a-z]{2}(?:-[a-z]+)+-\d)(?::([a-z]+))?$/
/** Parts in which a table on AWS is read at the same time. */
const AWS_SEGMENTS = 8

const EXPECTED =
  'must be `embedded`, the URL of a DynamoDB-compatible server, for example http://127.0.0.1:8000, or `aws:REGION` or `aws:REGION:STAGE`, for example aws:eu-central-1:prod'

type Known = { readonly name: string; readonly settings: Settings; readonly isAws: boolean }

const parsePlace = (name: string, bucket: string | undefined): Known => {
  if (name === 'embedded')
    return { name, settings: readSettingsWith({ DYNAMODB_ENDPOINT: '' }), isAws: false }
  if (/^https?:\/\//.test(name) && URL.canParse(name))
    return { name, settings: readSettingsWith({ DYNAMODB_ENDPOINT: name }), isAws: false }
  const [, region, stage] = AWS.exec(name) ?? []
  const prefix = stage === undefined ? undefined : STAGE_PREFIXES[stage]
  if (region === undefined || (stage !== undefined && prefix === undefined))
    throw new CommandError(`${name} ${EXPECTED}`)
  const tables = TABLE_IDS.map(id => [TABLES[id].env, `${prefix}${DEFAULT_TABLE_NAMES[id]}`])
  const settings = readSettingsWith({
    DYNAMODB_ENDPOINT: 'aws',
    AWS_REGION: region,
    ...(bucket === undefined ? {} : { BLOB_BUCKET: bucket }),
    // Without a stage, the names of the environment: tables that `tables create` has made.
    ...(prefix === undefined ? {} : Object.fromEntries(tables)),
  })
  return { name, settings, isAws: true }
}

/**
 * Opens a place. `bucket` is that of the covers on AWS; those of the others are in the data folder. Throws CommandError for a name
 * that is not understood, and StartError where the embedded engine cannot be reached.
 */
export const openPlace = async (name: string, bucket: string | undefined): Promise<Place> => {
  const { settings, isAws } = parsePlace(name, bucket)
  const onCopied = (copy: string) =>
    note(`cloudshelf: the data is from an earlier release: copied to ${copy} first`)
  const engine =
    settings.endpoint === undefined ? await acquireEngine(settings.dataDir, { onCopied }) : undefined
  const wire = createUnfencedWire(settings, engine && (() => engine.endpoint))
  const hasBucket = isAws && settings.bucket !== undefined
  const folder = blobFolder(settings.dataDir)
  return {
    name,
    names: settings.names,
    wire,
    db: createDynamo(wire),
    blobs: isAws ? (hasBucket ? createBucketBlobs(settings) : undefined) : createFolderBlobs(folder),
    blobsAt: isAws ? `${settings.bucket}` : folder,
    segments: isAws ? AWS_SEGMENTS : 1,
    createsTables: !isAws,
    // Whoever writes to the embedded engine is a process of its data folder; a server and AWS may have other clients.
    ...(engine && {
      capture: () => openJournalReader(settings.dataDir, `move-${process.pid}`, { endsWithProcess: true }),
    }),
    close: async () => {
      await wire.close()
      await engine?.close()
    },
  }
}

/** The place of the settings, as the command line names it; the data folder of this process. */
export const currentDataDir = (): string => readSettings().dataDir

/** Runs `work` as the only command on this data folder's moves. */
export const withMoveFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = join(currentDataDir(), 'move')
  const lock = tryLockDataFolder(folder, 'command')
  if (!lock)
    throw new CommandError(
      'another `cloudshelf move` is running: wait until it has finished, or stop it first',
    )
  try {
    return await work(folder)
  } finally {
    lock.release()
  }
}

/** Opens both places of a move for `work`, and closes them after it. */
export const withPlaces = async <T>(
  { from, to, bucket }: Pick<MoveRecord, 'from' | 'to' | 'bucket'>,
  work: (source: Place, destination: Place) => Promise<T>,
): Promise<T> => {
  if (from === to) throw new CommandError('--from and --to must be different places')
  const source = await openPlace(from, bucket)
  try {
    const destination = await openPlace(to, bucket)
    try {
      return await work(source, destination)
    } finally {
      await destination.close()
    }
  } finally {
    await source.close()
  }
}
