/**
 * The shop at one moment, from Amazon DynamoDB: exports of all five tables to S3, of one second. The writes are paused around that second,
 * because an export may split a transaction that is carried out at its very moment. That the second lies in the pause, whatever the clocks
 * say, is seen in the export itself: it has the row of the write fence as the pause has marked it.
 */
import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type { BucketObjects } from '../core/aws/s3-objects.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import { isFenceRow } from '../core/fence/fence.ts'
import { pauseWrites } from '../core/fence/pause.ts'
import { TABLE_IDS, type TableId, type TableNames } from '../tables/definitions.ts'
import { parseItemLine, parseManifestFiles } from './export-format.ts'
import { BackupError } from './format.ts'

export type AwsShop = {
  /** Does not obey the write fence. */
  readonly db: Dynamo
  readonly names: TableNames
  /** Name of the bucket to which DynamoDB exports, and its objects. */
  readonly bucket: string
  readonly objects: BucketObjects
}

export type ExportOptions = {
  readonly signal?: AbortSignal
  readonly begin?: (what: string) => void
  /** Between two questions whether DynamoDB is as far (ms). */
  readonly pollMs?: number
  /**
   * Called with the folders of the bucket that are left in it, with what DynamoDB has exported or is still exporting, because the
   * export has failed, was interrupted, or could not be deleted.
   */
  readonly onLeft?: (folders: readonly string[]) => void
}

export type ExportedShop = {
  readonly asOf: Date
  readonly items: (id: TableId) => AsyncIterable<readonly RawItem[]>
  /** Deletes what was exported. Throws what the bucket throws, after `onLeft`. */
  readonly remove: () => Promise<void>
}

const MAX_PAUSE_MS = 2_000
const MAX_TRIES = 5
const POLL_MS = 15_000
/** Part of a second at which a pause begins, so that the next second but one lies between its wait (1.2 s) and its end. */
const BEGIN_AT_MS = 500
/** How much later than the second the writes are taken again (ms). */
const AFTER_MS = 100
const ITEMS_OF_PAGE = 1_000
/** What an export has beside its data: checksums are named `.md5`, though the documentation of DynamoDB says `.checksum`. The list of the data is last. */
const MANIFESTS = [
  '_started',
  'manifest-summary.json',
  'manifest-summary.md5',
  'manifest-summary.checksum',
  'manifest-files.md5',
  'manifest-files.checksum',
  'manifest-files.json',
] as const

const parse = (answer: Record<string, unknown>, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    answer,
  )

/** The latest second to which a table can be restored. Throws BackupError where point-in-time recovery is off. */
const latestSecond = async (db: Dynamo, table: string): Promise<number> => {
  const answer = await db.admin('DescribeContinuousBackups', { TableName: table }, true)
  const recovery = ['ContinuousBackupsDescription', 'PointInTimeRecoveryDescription']
  if (parse(answer, ...recovery, 'PointInTimeRecoveryStatus') !== 'ENABLED')
    throw new BackupError(
      `the table ${table} has no point-in-time recovery, without which DynamoDB exports nothing. It is switched on by ` +
        `\`aws dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true\`, ` +
        'for each of the five tables; in the stages `staging` and `prod` it is on',
    )
  return Number(parse(answer, ...recovery, 'LatestRestorableDateTime') ?? 0)
}

type Moment = { readonly second: number; readonly owner: string; readonly mark: string }

/** A second in which writes are paused. Undefined where the pause was too short for it. */
const pauseForSecond = async ({ db, names }: AwsShop): Promise<Moment | undefined> => {
  await wait((BEGIN_AT_MS - (Date.now() % 1000) + 1000) % 1000)
  const second = Math.floor(Date.now() / 1000) + 2
  const pause = await pauseWrites(db, names.control, { maxMs: MAX_PAUSE_MS }).catch((cause: unknown) => {
    throw new BackupError(`the writes cannot be paused: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  })
  const mark = await pause.mark().catch(() => undefined)
  const isBefore = Date.now() < second * 1000
  if (mark !== undefined && isBefore) await wait(second * 1000 - Date.now() + AFTER_MS)
  const isInTime = await pause.end().then(
    () => isBefore,
    () => false,
  )
  return isInTime && mark !== undefined ? { second, owner: pause.owner, mark } : undefined
}

/** Exports all tables as they are at one second, and waits until that is done: minutes, while the shop sells. Throws BackupError. */
export const exportShop = async (
  shop: AwsShop,
  { signal, begin = () => {}, pollMs = POLL_MS, onLeft = () => {} }: ExportOptions = {},
): Promise<ExportedShop> => {
  const { db, names, bucket, objects } = shop
  const poll = () => wait(pollMs, undefined, { ...(signal && { signal }) })
  for (const id of TABLE_IDS) await latestSecond(db, names[id])
  begin('write pause of at most 2 s')
  let moment: Moment | undefined
  for (let tries = 1; !moment; tries++) {
    moment = await pauseForSecond(shop)
    if (!moment && tries === MAX_TRIES)
      throw new BackupError('the database is too slow for a write pause of 2 s: try again at a quiet hour')
  }
  const { second, owner, mark } = moment
  begin('waiting until DynamoDB can export that second, about five minutes')
  for (const id of TABLE_IDS) while ((await latestSecond(db, names[id])) < second) await poll()
  begin('DynamoDB exports the tables to S3')
  const arns = new Map<TableId, string>()
  const folder = (id: TableId): string => `AWSDynamoDB/${arns.get(id)?.split('/').at(-1)}`
  const orSayWhatIsLeft = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (arns.size > 0) onLeft([...arns.keys()].map(folder))
      throw error
    })

  const startExport = async (id: TableId): Promise<void> => {
    const { Table } = await db.admin('DescribeTable', { TableName: names[id] }, true)
    const answer = await db.admin(
      'ExportTableToPointInTime',
      {
        TableArn: parse({ Table }, 'Table', 'TableArn'),
        ExportTime: second,
        S3Bucket: bucket,
        ExportFormat: 'DYNAMODB_JSON',
        ClientToken: `${owner}-${id}`,
      },
      true,
    )
    arns.set(id, String(parse(answer, 'ExportDescription', 'ExportArn')))
  }
  const waitForExport = async (id: TableId, ExportArn: string): Promise<void> => {
    for (;;) {
      const answer = await db.admin('DescribeExport', { ExportArn }, true)
      const state = parse(answer, 'ExportDescription', 'ExportStatus')
      if (state === 'COMPLETED') return
      if (state === 'FAILED')
        throw new BackupError(
          `DynamoDB could not export ${names[id]} to the bucket ${bucket}: ${parse(answer, 'ExportDescription', 'FailureMessage')}`,
        )
      await poll()
    }
  }
  const exportAll = async (): Promise<void> => {
    for (const id of TABLE_IDS) await startExport(id)
    for (const [id, arn] of arns) await waitForExport(id, arn)
  }
  await orSayWhatIsLeft(exportAll())

  const files = async (id: TableId) => {
    const name = `${folder(id)}/manifest-files.json`
    const parts: Uint8Array[] = []
    for await (const part of objects.read(name)) parts.push(part)
    return parseManifestFiles({ name, bytes: Buffer.concat(parts) }).map(file => ({
      ...file,
      key: `${folder(id)}/data/${file.dataFileS3Key.split('/').at(-1)}`,
    }))
  }

  async function* items(id: TableId): AsyncGenerator<readonly RawItem[]> {
    let isMarked = false
    for (const file of await files(id))
      for await (const page of readFile(id, objects, file)) {
        isMarked ||= page.some(
          ({ pk, sk, owner: by, since }) =>
            isFenceRow({ pk: pk?.S, sk: sk?.S }) && by?.S === owner && since?.S === mark,
        )
        yield page
      }
    if (id === 'control' && !isMarked)
      throw new BackupError(
        'the export is not of the second in which writes were paused: set the clock of this machine by the network (NTP), and try again',
      )
  }

  const remove = async (): Promise<void> => {
    for (const id of TABLE_IDS) {
      const keys = (await files(id)).map(({ key }) => key)
      for (const key of [...keys, ...MANIFESTS.map(name => `${folder(id)}/${name}`)])
        await objects.remove(key)
    }
  }

  return { asOf: new Date(second * 1000), items, remove: () => orSayWhatIsLeft(remove()) }
}

/** The items of an exported file, page by page. Throws BackupError where it is not as its manifest says. */
async function* readFile(
  id: TableId,
  objects: BucketObjects,
  {
    key,
    md5Checksum,
    itemCount,
  }: { readonly key: string; readonly md5Checksum: string; readonly itemCount: number },
): AsyncGenerator<readonly RawItem[]> {
  if (itemCount === 0) return // of an empty partition, perhaps without any bytes
  const md5 = createHash('md5')
  async function* hashed() {
    for await (const part of objects.read(key)) {
      md5.update(part)
      yield part
    }
  }
  let [count, rest] = [0, '']
  let page: RawItem[] = []
  const text = createGunzip().setEncoding('utf8')
  pipeline(Readable.from(hashed()), text, () => {}) // an error ends the reading below
  for await (const chunk of text) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) page.push(parseItemLine(id, line, key))
    if (page.length < ITEMS_OF_PAGE) continue
    count += page.length
    yield page
    page = []
  }
  count += page.length
  yield page
  if (rest !== '' || count !== itemCount || md5.digest('base64') !== md5Checksum)
    throw new BackupError(`the exported file ${key} does not agree with its manifest`)
}
