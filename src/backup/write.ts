/** Writing of an archive: the whole file or none, readable by its owner only, and verified before it gets its name. */
import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { access, constants, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { coverBlobs } from '../catalog/cover.ts'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import { TABLE_IDS, TABLES, type TableId } from '../tables/definitions.ts'
import { withChecksums } from './checksums.ts'
import { withoutDatabaseRows } from './database-rows.ts'
import { exportTable } from './export-format.ts'
import { type ArchiveHead, BackupError, type Entry, FORMAT, HEAD, jsonEntry } from './format.ts'
import { type ArchiveSummary, verifyArchive } from './read.ts'
import { seal } from './seal.ts'
import { packTar } from './tar.ts'

/** A shop as an archive copies it. */
export type Source = {
  readonly head: Omit<ArchiveHead, 'format' | 'id' | 'sealed'>
  /** The items of a table, all tables as they were at one moment. */
  readonly items: (id: TableId) => AsyncIterable<readonly RawItem[]>
  /** A cover image; undefined if there is none of this name. */
  readonly cover: (name: string) => Promise<Uint8Array | undefined>
  readonly settings: readonly Entry[]
  /** Written to sealed archives only. */
  readonly secrets: readonly Entry[]
}

export type WriteOptions = {
  readonly passphrase: string | undefined
  /** Of scrypt, as the base 2 logarithm: 18 unless given, which takes about a second. */
  readonly workFactor?: number
  readonly now: () => Date
  /** Ends the work: its reason is thrown, and no file is left. */
  readonly signal?: AbortSignal
  readonly progress?: {
    readonly items: (count: number) => void
    /** A part of the work begins. */
    readonly begin: (what: 'covers' | 'verification') => void
  }
}

export type WrittenArchive = ArchiveSummary & {
  /** Covers that books name and that are not stored. */
  readonly missingCovers: number
}

async function* archiveEntries(
  head: ArchiveHead,
  { items, cover, settings, secrets }: Source,
  { now, progress }: WriteOptions,
  counts: { items: Record<string, number>; covers: number; missingCovers: number },
): AsyncGenerator<Entry> {
  yield jsonEntry(HEAD, head)
  const covers = new Set<string>()
  async function* pages(id: TableId): AsyncGenerator<readonly RawItem[]> {
    for await (const page of items(id)) {
      if (id === 'books')
        for (const { image_url } of page) for (const name of coverBlobs(image_url?.S)) covers.add(name)
      yield id === 'control' ? withoutDatabaseRows(page) : page
    }
  }
  for (const id of TABLE_IDS) {
    const table = TABLES[id].name
    counts.items[table] = 0
    const done = (count: number): void => {
      counts.items[table] = (counts.items[table] ?? 0) + count
      progress?.items(count)
    }
    yield* exportTable(id, pages(id), { asOf: new Date(head.as_of), now, done })
  }
  progress?.begin('covers')
  for (const name of covers) {
    const bytes = await cover(name)
    if (bytes) {
      counts.covers++
      yield { name, bytes }
    } else counts.missingCovers++
  }
  yield* settings
  if (head.sealed) yield* secrets
}

const explain = (error: unknown, file: string): unknown =>
  error instanceof Error && 'syscall' in error && 'code' in error
    ? new BackupError(
        `cannot write ${file}: ${error.code === 'ENOENT' ? `there is no folder ${dirname(file)}` : error.message}`,
        { cause: error },
      )
    : error

const alreadyThere = (file: string): BackupError =>
  new BackupError(`${file} exists, and a backup overwrites nothing: choose another name`)

/** Throws BackupError where `file` exists, or cannot be written. */
export const assertWritable = async (file: string): Promise<void> => {
  if (existsSync(file)) throw alreadyThere(file)
  await access(dirname(file), constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw explain(error, file)
  })
}

const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return // has no handles of folders
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

/** Gives the file its name, where no file has it. */
const publish = async (partial: string, file: string): Promise<void> => {
  try {
    await link(partial, file)
    await rm(partial)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' || existsSync(file)) throw alreadyThere(file)
    await rename(partial, file) // file systems without hard links
  }
  await syncFolder(dirname(file))
}

/**
 * Writes the archive of a shop to `file`, which must not exist, reads it back and checks it. It has no name until then, and no file is
 * left when that fails. Throws BackupError.
 */
export const writeArchive = async (
  file: string,
  source: Source,
  options: WriteOptions,
): Promise<WrittenArchive> => {
  const { passphrase, workFactor, progress, signal } = options
  await assertWritable(file)
  const head = { format: FORMAT, id: randomUUID(), ...source.head, sealed: passphrase !== undefined }
  const counts = { items: {} as Record<string, number>, covers: 0, missingCovers: 0 }
  const entries = withChecksums(archiveEntries(head, source, options, counts), () => ({
    items: counts.items,
    covers: counts.covers,
  }))
  const tar = packTar(entries, new Date(head.as_of))
  const partial = `${file}.${process.pid}.partial`
  try {
    const bytes = passphrase === undefined ? tar : await seal(tar, passphrase, workFactor)
    const target = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true })
    const from = Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0])
    await pipeline(from, target, signal ? { signal } : {})
    progress?.begin('verification')
    const read = (): void => signal?.throwIfAborted()
    const verified = await verifyArchive(partial, { passphrase, dataVersion: head.data_version, read })
    if (verified.head.id !== head.id) throw new BackupError(`${partial} was replaced while it was written`)
    await publish(partial, file)
    return { ...verified, missingCovers: counts.missingCovers }
  } catch (error) {
    await rm(partial, { force: true })
    throw signal?.aborted ? signal.reason : explain(error, file)
  }
}
