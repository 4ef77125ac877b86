/**
 * Format of an archive: the names, the order and the bounds of its entries. An archive is a tar of plain files; sealed, it is an age
 * file with that tar inside.
 *
 *     backup.json                         what was copied, and when
 *     tables/<table>/data/<n>.json.gz     items, as DynamoDB exports them
 *     tables/<table>/manifest-*           of DynamoDB's export: counts and MD5 sums
 *     covers/<name>                       cover images
 *     settings/shop.env, settings/*.md    settings without secrets, and the shop's legal texts
 *     secrets/…                           in sealed archives only
 *     checksums/<n>.sha256                SHA-256 of the up to 1,000 entries before it
 *     complete.json                       the last entry: without it an archive is not complete
 */
import * as z from 'zod'
import { TABLE_IDS, TABLES, type TableId } from '../tables/definitions.ts'

/** Raised when an earlier release could not read an archive any more. */
export const FORMAT = 1

export const HEAD = 'backup.json'
export const COMPLETE = 'complete.json'

/** An archive cannot be written, read or restored. The message is one line that says why and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/**
 * How the archive's state came about: as one read transaction of the engine, as a scan completed by the keys that changed, or as exports of
 * Amazon DynamoDB of one second.
 */
export const METHODS = ['snapshot', 'capture', 'export'] as const

export const ArchiveHead = z.object({
  format: z.int().positive(),
  id: z.uuid(),
  /** Release that wrote it. */
  release: z.string(),
  /** Release whose stored rows it has. */
  data_version: z.string(),
  /** Everything that was answered before this moment is inside. */
  as_of: z.iso.datetime(),
  method: z.enum(METHODS),
  currency: z.string(),
  public_url: z.string(),
  sealed: z.boolean(),
})
export type ArchiveHead = z.infer<typeof ArchiveHead>

export const Complete = z.object({
  /** Entries that the checksum files name. */
  entries: z.int().nonnegative(),
  /** SHA-256 over the checksum files, in their order. */
  checksums: z.string(),
  /** Items by table. */
  items: z.record(z.string(), z.int().nonnegative()),
  covers: z.int().nonnegative(),
})
export type Complete = z.infer<typeof Complete>

/** An entry of an archive, in memory: see the bounds below. */
export type Entry = { readonly name: string; readonly bytes: Uint8Array }

const MB = 2 ** 20
/** Items of one data file, as JSON; a file ends with the item that goes beyond. */
export const DATA_FILE_BYTES = 8 * MB
/** The most that a data file may be when it is unpacked: that, and one item of 400 KB, whose JSON may be several times as long. */
export const MAX_DATA_BYTES = 4 * DATA_FILE_BYTES
export const ENTRIES_PER_CHECKSUM_FILE = 1_000

export type EntryKind =
  | 'head'
  | 'data'
  | 'manifest'
  | 'cover'
  | 'setting'
  | 'secret'
  | 'checksums'
  | 'complete'

const TABLE = `(?<table>${TABLE_IDS.map(id => TABLES[id].name).join('|')})`
const KINDS: readonly { readonly kind: EntryKind; readonly name: RegExp; readonly maxBytes: number }[] = [
  { kind: 'head', name: /^backup\.json$/, maxBytes: MB },
  { kind: 'data', name: new RegExp(`^tables/${TABLE}/data/\\d{6,9}\\.json\\.gz$`), maxBytes: MAX_DATA_BYTES },
  {
    kind: 'manifest',
    name: new RegExp(`^tables/${TABLE}/manifest-(files|summary)\\.(json|checksum)$`),
    maxBytes: 16 * MB,
  },
  { kind: 'cover', name: /^covers\/[A-Za-z0-9_-]+\.(webp|avif)$/, maxBytes: 32 * MB },
  { kind: 'setting', name: /^settings\/(shop\.env|terms\.md|privacy\.md)$/, maxBytes: MB },
  { kind: 'secret', name: /^secrets\/(shop\.env|secret)$/, maxBytes: MB },
  { kind: 'checksums', name: /^checksums\/\d{6,9}\.sha256$/, maxBytes: MB },
  { kind: 'complete', name: /^complete\.json$/, maxBytes: MB },
]

/** What an entry is, and the most bytes that it may have; undefined for a name that an archive never has. */
export const kindOf = (
  name: string,
):
  | { readonly kind: EntryKind; readonly maxBytes: number; readonly table: TableId | undefined }
  | undefined => {
  for (const { kind, name: pattern, maxBytes } of KINDS) {
    const match = pattern.exec(name)
    if (match) return { kind, maxBytes, table: TABLE_IDS.find(id => TABLES[id].name === match.groups?.table) }
  }
  return undefined
}

/** Folder of a table in an archive: under the specification's name, whatever the deployed table is called. */
export const tableFolder = (id: TableId): string => `tables/${TABLES[id].name}`

const digits = (n: number): string => String(n).padStart(6, '0')
export const dataFileName = (id: TableId, n: number): string => `${tableFolder(id)}/data/${digits(n)}.json.gz`
export const checksumFileName = (n: number): string => `checksums/${digits(n)}.sha256`

export const jsonEntry = (name: string, value: unknown): Entry => ({
  name,
  bytes: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
})
