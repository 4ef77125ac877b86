/**
 * Change journal of this process: one line for the beginning of each captured write, with its keys, and one for its end. Lines are
 * written synchronously, so they survive `kill -9`; they are not flushed to the disk, which a loss of power would need.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import type { Capture } from '../../core/dynamo/capture.ts'
import { TABLE_IDS, TABLES, type TableId, type TableNames } from '../../tables/definitions.ts'
import { identify } from '../process-identity.ts'
import { journalFolder, readersFolder, segmentPath, trimJournal, writerName } from './files.ts'

export type Journal = Capture & {
  /** Begins a new segment, so that the one with the keys so far is deleted once it is read. */
  readonly beginSegment: () => void
  readonly close: () => void
}

type JournalOptions = {
  /** Size from which a new segment is begun. */
  readonly segmentBytes?: number
  readonly now?: () => number
}

/** An end that comes later repeats the keys: readers give up a write without an end after a minute, and must not be late. */
const LATE_MS = 30_000
/** Keys may be email addresses: what was read is deleted with its segment, which is therefore not written to for longer. */
const SEGMENT_MS = 10 * 60_000
const SEGMENT_BYTES = 4 * 1024 * 1024

/** The attributes of the primary key of each table, by its deployed name. */
const keyAttributesOf = (names: TableNames): Capture['keyAttributes'] => {
  const attributes = new Map(
    TABLE_IDS.map((id: TableId) => {
      const { hash, range }: { readonly hash: string; readonly range?: string } = TABLES[id].key
      return [names[id], range === undefined ? [hash] : [hash, range]]
    }),
  )
  return table => attributes.get(table)
}

/**
 * The journal of the data folder, as this process writes it. Nothing is created before a reader is registered and something is
 * written.
 */
export const createJournal = (
  dataDir: string,
  names: TableNames,
  { segmentBytes = SEGMENT_BYTES, now = Date.now }: JournalOptions = {},
): Journal => {
  const folder = journalFolder(dataDir)
  const readers = readersFolder(folder)
  let writer: string | undefined
  let segment = 0
  let file: { readonly fd: number; readonly openedAt: number; size: number } | undefined
  let count = 0
  let isTorn = false

  const open = () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const self = identify(process.pid) ?? { pid: process.pid, started: 'unknown' }
    writer ??= writerName(self, randomBytes(4).toString('hex'))
    return { fd: openSync(segmentPath(folder, writer, ++segment), 'a', 0o600), openedAt: now(), size: 0 }
  }

  const close = (): void => {
    if (file) closeSync(file.fd)
    file = undefined
  }

  const beginSegment = (): void => {
    if (!file) return
    close()
    file = open()
    isTorn = false
    trimJournal(folder)
  }

  const append = (line: unknown): void => {
    if (file && (file.size >= segmentBytes || now() - file.openedAt >= SEGMENT_MS)) beginSegment()
    file ??= open()
    // A line that was cut off by a full disk is ended first.
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${JSON.stringify(line)}\n`)
    isTorn = true
    const written = writeSync(file.fd, bytes)
    file.size += written
    if (written < bytes.length) throw new Error('the change journal cannot be written: the disk is full')
    isTorn = false
  }

  const isOn = (): boolean => {
    if (statSync(readers, { throwIfNoEntry: false }) !== undefined) return true
    close() // the next reader begins with a new segment
    return false
  }

  const begin: Capture['begin'] = ({ keys, unknown }) => {
    const id = ++count
    const since = now()
    const appendBegin = (begunAt: number): void =>
      append([
        'begin',
        id,
        begunAt,
        keys.map(({ table, key }) => [table, key]),
        ...(unknown === undefined ? [] : [unknown]),
      ])
    appendBegin(since)
    return () => {
      try {
        const endedAt = now()
        // The process was stopped, or the machine slept, before the write was sent.
        if (endedAt - since >= LATE_MS) appendBegin(endedAt)
        append(['end', id])
      } catch {
        // Without an end the keys are read again for a minute.
      }
    }
  }

  return { isOn, begin, keyAttributes: keyAttributesOf(names), beginSegment, close }
}
