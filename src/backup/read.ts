/** Reading of an archive: its entries, checked as they pass, and the verification of a whole one. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import { compareVersions } from '../core/versions.ts'
import { TABLE_IDS, TABLES, type TableId } from '../tables/definitions.ts'
import { createChecksumCheck } from './checksums.ts'
import { type ManifestFile, manifestFile, parseDataFile, parseManifestFiles } from './export-format.ts'
import { ArchiveHead, BackupError, type Complete, type Entry, FORMAT, HEAD } from './format.ts'
import { isSealed, unseal } from './seal.ts'
import { type KnownEntry, unpackTar } from './tar.ts'

export type ReadOptions = {
  /** Of a sealed archive. */
  readonly passphrase: string | undefined
  /** Called with the bytes of the file as they are read. */
  readonly read?: (bytes: number) => void
}

const readBeginning = async (file: string): Promise<Uint8Array> => {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(64) })
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const openArchive = async (
  file: string,
  { passphrase, read = () => {} }: ReadOptions,
): Promise<ReadableStream<Uint8Array>> => {
  const beginning = await readBeginning(file).catch((error: unknown) => {
    throw new BackupError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  })
  const source = createReadStream(file, { highWaterMark: 256 * 1024 })
  source.on('data', chunk => read(chunk.length))
  const bytes = Readable.toWeb(source) as ReadableStream<Uint8Array>
  if (!isSealed(beginning)) return bytes
  if (passphrase === undefined) {
    source.destroy()
    throw new BackupError(`${file} is sealed: give the file of its passphrase with --passphrase-file`)
  }
  return unseal(bytes, passphrase)
}

const parseHead = ({ name, bytes }: KnownEntry): ArchiveHead => {
  let head: unknown
  try {
    head = name === HEAD ? JSON.parse(Buffer.from(bytes).toString()) : undefined
  } catch {
    head = undefined
  }
  const format = typeof head === 'object' && head !== null && 'format' in head ? head.format : undefined
  if (typeof format === 'number' && format > FORMAT)
    throw new BackupError(
      `the archive is of a later release (format ${format}): restore it with that release`,
    )
  const parsed = ArchiveHead.safeParse(head)
  if (parsed.success) return parsed.data
  throw new BackupError(`this is not a backup of a shop: it must begin with ${HEAD}`)
}

export type ReadEntry = KnownEntry & { readonly head: ArchiveHead }

/**
 * The entries of an archive but for its checksum files, in their order, each with the head of the archive. An entry's checksum comes
 * after it, so whoever must not act on a damaged one verifies the archive first. Throws BackupError.
 */
export async function* readArchive(file: string, options: ReadOptions): AsyncGenerator<ReadEntry> {
  const checks = createChecksumCheck()
  let head: ArchiveHead | undefined
  let isComplete = false
  for await (const entry of unpackTar(await openArchive(file, options))) {
    if (isComplete) throw new BackupError('the archive is damaged: it goes on after its last entry')
    head ??= parseHead(entry)
    if (entry.kind === 'checksums') checks.checksumFile(entry)
    else if (entry.kind === 'complete') isComplete = checks.complete(entry) !== undefined
    else checks.add(entry)
    if (entry.kind !== 'checksums') yield { ...entry, head }
  }
  if (!isComplete) throw new BackupError('the archive is not complete: use another backup')
}

export type ArchiveSummary = {
  readonly head: ArchiveHead
  /** Bytes of the file. */
  readonly bytes: number
  readonly items: Readonly<Record<TableId, number>>
  readonly covers: number
}

const createItemCheck = () => {
  const items: Record<TableId, number> = { books: 0, carts: 0, users: 0, orders: 0, control: 0 }
  const files = new Map<TableId, ManifestFile[]>()
  const listed = new Set<TableId>()
  return {
    items,
    data: (id: TableId, { name, bytes }: Entry, count: number): void => {
      items[id] += count
      files.set(id, [...(files.get(id) ?? []), manifestFile(name, bytes, count)])
    },
    manifest: (id: TableId, entry: Entry): void => {
      if (!entry.name.endsWith('manifest-files.json')) return
      listed.add(id)
      if (!isDeepStrictEqual(parseManifestFiles(entry), files.get(id) ?? []))
        throw new BackupError(`the archive is damaged: ${entry.name} does not agree with the data files`)
    },
    end: (complete: Pick<Complete, 'items' | 'covers'>, covers: number): void => {
      for (const id of TABLE_IDS)
        if (!listed.has(id) || complete.items[TABLES[id].name] !== items[id])
          throw new BackupError(`the archive is damaged: items of ${TABLES[id].name} are missing`)
      if (complete.covers !== covers) throw new BackupError('the archive is damaged: covers are missing')
    },
  }
}

/**
 * Reads a whole archive and checks all of it: checksums, manifests, and that each line is an item of its table. `dataVersion` is the
 * release whose stored rows this one has. Throws BackupError.
 */
export const verifyArchive = async (
  file: string,
  options: ReadOptions & { readonly dataVersion: string },
): Promise<ArchiveSummary> => {
  const check = createItemCheck()
  let head: ArchiveHead | undefined
  let covers = 0
  for await (const entry of readArchive(file, options)) {
    head = entry.head
    if (compareVersions(head.data_version, options.dataVersion) > 0)
      throw new BackupError(
        `the archive has the data of release ${head.data_version}, which this one cannot read: restore it with that release or a later one`,
      )
    const { kind, table } = entry
    if (kind === 'data' && table) check.data(table, entry, (await parseDataFile(table, entry)).length)
    if (kind === 'manifest' && table) check.manifest(table, entry)
    if (kind === 'cover') covers++
    if (kind === 'complete') check.end(JSON.parse(Buffer.from(entry.bytes).toString()) as Complete, covers)
  }
  if (!head) throw new BackupError('the archive is empty')
  return { head, bytes: (await stat(file)).size, items: check.items, covers }
}
