/**
 * Reader of the change journal of a data folder, in any process: the keys that were perhaps written since a position. A key is given
 * when its write has ended; without an end when its process has been gone for a second, when it is ten seconds old, and after a minute, when
 * even a write whose response was lost has been carried out or never will be.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CapturedKey } from '../../core/dynamo/capture.ts'
import { identify } from '../process-identity.ts'
import {
  isGone,
  journalFolder,
  listSegments,
  type Position,
  type Registration,
  readLivingRegistration,
  removeRegistration,
  type Segment,
  trimJournal,
  writeRegistration,
} from './files.ts'
import { parseLine, readChunk } from './segment.ts'

/** What was captured since the last `read`. */
export type Changes = {
  /** Keys that were perhaps written, each once. */
  readonly keys: readonly CapturedKey[]
  /** Why whole tables must be compared: something was written whose keys are not known. */
  readonly unknown: readonly string[]
  /** To `commit` once the keys are dealt with: never past a write that may still be carried out. */
  readonly position: Position
  /** When the oldest write that is in progress began, in milliseconds; undefined: none is, or all are given up. */
  readonly openSince: number | undefined
  /** Whether the journal was read to its end. */
  readonly isAtEnd: boolean
}

export type JournalReader = {
  /** Whether the reader was registered, and has not committed since: what was written before is not in the journal. */
  readonly isNew: boolean
  /** The changes since the last call; at most about `limit` keys, or all. */
  readonly read: (limit?: number) => Changes
  /** Keys of the writes that have begun and not ended, as of the last `read`: with writes paused, these too must be read. */
  readonly openKeys: () => readonly CapturedKey[]
  /** Saves the position: a reader of this name continues there, and what every reader has read is deleted. */
  readonly commit: (position: Position) => void
  /** Ends the registration. With the last reader capture is off. */
  readonly unregister: () => void
}

export type JournalReaderOptions = {
  /**
   * Whether the registration ends with this process, as for a command. Otherwise changes are kept until the reader comes back. One that
   * is registered already, by a process that runs or for good, then stays as it is: a command may register one for the processes that it
   * starts. Without this option the registration is made permanent.
   */
  readonly endsWithProcess?: boolean
  /** Where to read on, instead of the position that was committed last. */
  readonly from?: Position
  /** How long after its registration a new reader waits for the writes that had begun before it was registered; 3 s, longer than any write is tried. */
  readonly settleMs?: number
  readonly now?: () => number
}

const SETTLE_MS = 3_000
/** What a killed process has sent may arrive a moment later. */
const GONE_MS = 1_000
const GIVEN_UP_MS = 10_000
const FORGOTTEN_MS = 60_000
const TRIMMED = 'the journal was trimmed before it was read'

type Begun = {
  readonly at: readonly [segment: number, offset: number]
  readonly since: number
  readonly keys: readonly CapturedKey[]
  readonly unknown: string | undefined
  /** How often it was given without an end. */
  given: number
}

type Writer = { segment: number; offset: number; readonly open: Map<number, Begun> }

/** Where a new reader begins: what is there of each writer. */
const beginningOf = (segments: readonly Segment[]): Position =>
  Object.fromEntries(segments.toReversed().map(({ writer, number }) => [writer, [number, 0]]))

/**
 * Registers the reader `name`, unless it is registered already, and returns it. From then on every process of the data folder
 * captures its writes. A new reader is returned after `settleMs`: what is read from the tables after that is complete together
 * with the journal.
 */
export const openJournalReader = async (
  dataDir: string,
  name: string,
  { endsWithProcess = false, from, settleMs = SETTLE_MS, now = Date.now }: JournalReaderOptions = {},
): Promise<JournalReader> => {
  const folder = journalFolder(dataDir)
  /** Registers the reader at the position, and returns the registration that was there. */
  const register = (position: Position, newSince?: number): Registration | undefined => {
    const found = readLivingRegistration(folder, name)
    const owner = endsWithProcess ? (found ? found.process : identify(process.pid)) : undefined
    writeRegistration(folder, name, {
      position: Object.fromEntries(Object.entries(position).map(([writer, at]) => [writer, [...at]])),
      ...(owner && { process: owner }),
      ...(newSince !== undefined && { newSince }),
    })
    return found
  }
  const registered = readLivingRegistration(folder, name)
  const saved = registered?.position ?? beginningOf(listSegments(folder))
  // One that was killed before its first commit is new again.
  const newSince = registered ? registered.newSince : now()
  register(saved, newSince)
  if (newSince !== undefined) {
    const age = Math.max(0, now() - newSince)
    await sleep(Math.max(0, settleMs - age))
  }
  const start: Position = from ?? saved
  /** Whether the registration was removed while this reader read on: captured was then perhaps nothing. */
  let hasLapsed = false
  const writers = new Map<string, Writer>(
    Object.entries(start).map(([writer, [segment, offset]]) => [
      writer,
      { segment, offset, open: new Map() },
    ]),
  )

  type Found = { readonly keys: Map<string, CapturedKey>; readonly unknown: Set<string> }
  const give = (found: Found, { keys, unknown }: Begun): void => {
    for (const one of keys) found.keys.set(`${one.table} ${JSON.stringify(Object.values(one.key))}`, one)
    if (unknown !== undefined) found.unknown.add(unknown)
  }

  const take = (writer: Writer, text: string, at: Begun['at'], found: Found): void => {
    const line = parseLine(text)
    if (!line) return
    if (line[0] === 'end') {
      const begun = writer.open.get(line[1])
      writer.open.delete(line[1])
      if (begun) give(found, begun)
      return
    }
    const [, id, since, pairs, unknown] = line
    writer.open.delete(id) // a late end repeats its beginning, which is then the youngest
    writer.open.set(id, { at, since, keys: pairs.map(([table, key]) => ({ table, key })), unknown, given: 0 })
  }

  /** Reads a chunk of the segment; false at its end. */
  const readOn = ({ path, number }: Segment, writer: Writer, found: Found): boolean => {
    const chunk = readChunk(path, writer.offset)
    if (!chunk) {
      found.unknown.add(TRIMMED)
      return false
    }
    const length = chunk.lastIndexOf(10) + 1
    let at = 0
    for (const text of chunk.subarray(0, length).toString().split('\n').slice(0, -1)) {
      take(writer, text, [number, writer.offset + at], found)
      at += Buffer.byteLength(text) + 1
    }
    writer.offset += length
    return length > 0
  }

  const giveOpen = (name: string, writer: Writer, found: Found): void => {
    if (writer.open.size === 0) return
    const gone = isGone(name)
    for (const [id, begun] of writer.open) {
      const age = now() - begun.since
      const due = age >= FORGOTTEN_MS ? 3 : age >= GIVEN_UP_MS ? 2 : gone && age >= GONE_MS ? 1 : 0
      if (due <= begun.given) continue
      give(found, begun)
      begun.given = due
      if (due === 3) writer.open.delete(id)
    }
  }

  const position = (): Position =>
    Object.fromEntries(
      [...writers].map(([name, { segment, offset, open }]) => {
        const [oldest] = open.values() // in the order in which they began
        return [name, oldest?.at ?? [segment, offset]]
      }),
    )

  const read: JournalReader['read'] = (limit = Number.POSITIVE_INFINITY) => {
    const found: Found = { keys: new Map(), unknown: new Set() }
    const segments = listSegments(folder)
    const isFull = () => found.keys.size >= limit
    const names = new Set(segments.map(one => one.writer))
    const listed = new Set(segments.map(one => `${one.writer} ${one.number}`))
    if (hasLapsed) found.unknown.add('the journal was not kept')
    hasLapsed = false
    for (const name of writers.keys())
      if (!names.has(name) && (writers.get(name)?.open.size ?? 0) === 0) writers.delete(name)
    for (const one of segments) {
      let writer = writers.get(one.writer)
      if (!writer) {
        writer = { segment: one.number, offset: 0, open: new Map() }
        writers.set(one.writer, writer)
        if (one.number > 1) found.unknown.add(TRIMMED)
      }
      if (one.number < writer.segment) continue
      if (one.number > writer.segment) {
        if (isFull()) continue
        // A segment that this reader has not left is deleted only when readers leave too much unread.
        if (!listed.has(`${one.writer} ${one.number - 1}`) || one.number > writer.segment + 1)
          found.unknown.add(TRIMMED)
        Object.assign(writer, { segment: one.number, offset: 0 })
      }
      while (!isFull() && readOn(one, writer, found)) {
        // the next chunk
      }
      if (isFull()) break
    }
    for (const [name, writer] of writers) giveOpen(name, writer, found)
    const since = [...writers.values()].flatMap(({ open }) =>
      [...open.values()].flatMap(one => (one.given === 0 ? [one.since] : [])),
    )
    return {
      keys: [...found.keys.values()],
      unknown: [...found.unknown],
      position: position(),
      openSince: since.length > 0 ? Math.min(...since) : undefined,
      isAtEnd: !isFull(),
    }
  }

  return {
    isNew: newSince !== undefined,
    read,
    openKeys: () => [...writers.values()].flatMap(({ open }) => [...open.values()].flatMap(one => one.keys)),
    commit: committed => {
      if (!register(committed)) hasLapsed = true
      trimJournal(folder)
    },
    unregister: () => {
      removeRegistration(folder, name)
      trimJournal(folder)
    },
  }
}
