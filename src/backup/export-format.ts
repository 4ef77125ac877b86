/**
 * Items of a table in the format of DynamoDB's own export ("DynamoDB table export output format" of its developer guide): data files of
 * DYNAMODB_JSON, gzipped, and the manifests with their checksum files, so that DynamoDB's import reads them.
 */
import { createHash, type Hash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip as gunzipBytes, gzip as gzipBytes } from 'node:zlib'
import * as z from 'zod'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import { TABLES, type TableDefinition, type TableId } from '../tables/definitions.ts'
import {
  BackupError,
  DATA_FILE_BYTES,
  dataFileName,
  type Entry,
  jsonEntry,
  MAX_DATA_BYTES,
  tableFolder,
} from './format.ts'

const gzip = promisify(gzipBytes)
const gunzip = promisify(gunzipBytes)

/** A line of manifest-files.json. */
const ManifestFile = z.object({
  itemCount: z.int().nonnegative(),
  md5Checksum: z.string(),
  etag: z.string(),
  dataFileS3Key: z.string(),
})
export type ManifestFile = z.infer<typeof ManifestFile>

const md5 = (bytes: Uint8Array): Hash => createHash('md5').update(bytes)
const md5Base64 = (bytes: Uint8Array): string => md5(bytes).digest('base64')

/** The line of the manifest about a data file. */
export const manifestFile = (name: string, bytes: Uint8Array, itemCount: number): ManifestFile => ({
  itemCount,
  md5Checksum: md5Base64(bytes),
  etag: `${md5(bytes).digest('hex')}-1`,
  dataFileS3Key: name,
})

const withChecksum = (entry: Entry): Entry[] => [
  entry,
  { name: entry.name.replace(/\.json$/, '.checksum'), bytes: Buffer.from(md5Base64(entry.bytes)) },
]

export const manifestFilesEntry = (id: TableId, files: readonly ManifestFile[]): Entry => ({
  name: `${tableFolder(id)}/manifest-files.json`,
  bytes: Buffer.from(files.map(file => `${JSON.stringify(file)}\n`).join('')),
})

/** The lines of a manifest-files.json. Throws BackupError. */
export const parseManifestFiles = ({ name, bytes }: Entry): ManifestFile[] => {
  try {
    const lines = Buffer.from(bytes).toString().split('\n')
    return lines.filter(line => line !== '').map(line => ManifestFile.parse(JSON.parse(line)))
  } catch (error) {
    throw new BackupError(`the archive is damaged: ${name} cannot be read`, { cause: error })
  }
}

/** What the manifest of an export says of the account, for a table that is not in one. */
const summary = (id: TableId, asOf: Date, now: Date, itemCount: number) => {
  const table = `arn:aws:dynamodb:local:000000000000:table/${TABLES[id].name}`
  return {
    version: '2020-06-30',
    exportArn: `${table}/export/${asOf.getTime()}-backup`,
    startTime: asOf.toISOString(),
    endTime: now.toISOString(),
    tableArn: table,
    tableId: TABLES[id].name,
    exportTime: asOf.toISOString(),
    s3Bucket: null,
    s3Prefix: null,
    s3SseAlgorithm: null,
    s3SseKmsKeyId: null,
    manifestFilesS3Key: `${tableFolder(id)}/manifest-files.json`,
    billedSizeBytes: 0,
    itemCount,
    outputFormat: 'DYNAMODB_JSON',
    exportType: 'FULL_EXPORT',
  }
}

/** The entries of a table: its data files as its items come, at least one, then the manifests. Calls `done` with each page's items. */
export async function* exportTable(
  id: TableId,
  pages: AsyncIterable<readonly RawItem[]>,
  {
    asOf,
    now,
    done,
  }: { readonly asOf: Date; readonly now: () => Date; readonly done: (count: number) => void },
): AsyncGenerator<Entry> {
  const files: ManifestFile[] = []
  let lines: string[] = []
  let bytes = 0
  const dataFile = async (): Promise<Entry> => {
    const name = dataFileName(id, files.length + 1)
    const packed = await gzip(lines.join(''))
    files.push(manifestFile(name, packed, lines.length))
    lines = []
    bytes = 0
    return { name, bytes: packed }
  }
  for await (const items of pages) {
    for (const Item of items) {
      const line = `${JSON.stringify({ Item })}\n`
      lines.push(line)
      bytes += Buffer.byteLength(line)
      if (bytes >= DATA_FILE_BYTES) yield await dataFile()
    }
    done(items.length)
  }
  if (lines.length > 0 || files.length === 0) yield await dataFile()
  yield* withChecksum(manifestFilesEntry(id, files))
  const count = files.reduce((sum, { itemCount }) => sum + itemCount, 0)
  yield* withChecksum(jsonEntry(`${tableFolder(id)}/manifest-summary.json`, summary(id, asOf, now(), count)))
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: value => typeof value === 'string',
  N: value => typeof value === 'string' && /^-?[\d.]+(e[+-]?\d+)?$/i.test(value),
  B: value => typeof value === 'string',
  BOOL: value => typeof value === 'boolean',
  NULL: value => typeof value === 'boolean',
  SS: value => isTexts(value),
  NS: value => isTexts(value),
  BS: value => isTexts(value),
  L: value => Array.isArray(value) && value.every(isValue),
  M: value => isMap(value),
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(one => typeof one === 'string')

const isValue = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  const [entry, ...others] = Object.entries(value)
  return entry !== undefined && others.length === 0 && (TYPES[entry[0]]?.(entry[1]) ?? false)
}

const isMap = (value: unknown): value is RawItem =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isValue)

const hasKey = (id: TableId, item: RawItem): boolean => {
  const { hash, range }: TableDefinition['key'] = TABLES[id].key
  return [hash, range].every(name => name === undefined || typeof item[name]?.S === 'string')
}

/** The item of a line; `where` says which line it is. Throws BackupError. */
export const parseItemLine = (id: TableId, line: string, where: string): RawItem => {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    parsed = undefined
  }
  const item = typeof parsed === 'object' && parsed !== null && 'Item' in parsed ? parsed.Item : undefined
  if (isMap(item) && hasKey(id, item)) return item
  throw new BackupError(`the archive is damaged: ${where} is not an item of ${TABLES[id].name}`)
}

/** The items of a data file. Throws BackupError for one that unpacks to more than archives have, or has anything but items of the table. */
export const parseDataFile = async (id: TableId, { name, bytes }: Entry): Promise<RawItem[]> => {
  const text = await gunzip(bytes, { maxOutputLength: MAX_DATA_BYTES }).catch((error: unknown) => {
    throw new BackupError(`the archive is damaged: ${name} cannot be unpacked`, { cause: error })
  })
  const lines = text.toString().split('\n')
  if (lines.pop() !== '')
    throw new BackupError(`the archive is damaged: ${name} ends in the middle of an item`)
  return lines.map((line, i) => parseItemLine(id, line, `line ${i + 1} of ${name}`))
}
