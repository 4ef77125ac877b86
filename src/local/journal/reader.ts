/**
 * Reader of the change journal of a data folder, in any process: the keys that were perhaps written since a position. A key is given
 * when its write has ended; without an end when its process has been gone for a second, when it is ten seconds old, and after a minute, when
 * even a write whose response was lost has been carried out or never will be.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { CapturedKey } from '../../core/dynamo/capture.ts'
import { identify } from '../process-identity.ts'
import {
  isGone,
  journalFolder,
  listSegments,
  type Position,
  readRegistration,
  removeRegistration,
  type Segment,
  trimJournal,
  writeRegistration,
} from './files.ts'

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
  /** Whether the reader was registered just now: what was written before is not in the journal. */
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
   * Whether a new registration ends with this process, as for a command. Otherwise changes are kept until the reader comes back. A
   * reader that is registered already stays as it is: a command may register one for the processes that it starts.
   */
  readonly endsWithProcess?: boolean
  /** Where to read on, instead of the position that was committed last. */
  readonly from?: Position
  /** How long a new reader waits for the writes that had begun before it was registered; 3 s, longer than any write is tried. */
  readonly settleMs?: number
  readonly now?: () => number
}

const SETTLE_MS = 3_000
/** What a killed process has sent may arrive a moment later. */
const GONE_MS = 1_000
const GIVEN_UP_MS = 10_000
const FORGOTTEN_MS = 60_000
const CHUNK_BYTES = 256 * 1024

const Line = z.union([
  z
    .tuple([
      z.literal('begin'),
      z.number(),
      z.number(),
      z.array(z.tuple([z.string(), z.record(z.string(), z.string())])),
    ])
    .rest(z.string()),
  z.tuple([z.literal('end'), z.number()]),
])

type Begun = {
  readonly at: readonly [segment: number, offset: number]
  readonly since: number
  readonly keys: readonly CapturedKey[]
  readonly unknown: string | undefined
  /** How often it was given without an end. */
  given: number
}

type Writer = { segment: number; offset: number; readonly open: Map<number, Begun> }

const readChunk = (path: string, offset: number): Buffer => {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return Buffer.alloc(0) // deleted since it was listed
  }
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let length = readSync(fd, buffer, 0, CHUNK_BYTES, offset)
    if (length === CHUNK_BYTES && !buffer.includes(10)) {
      // One line longer than a chunk: a batch or transaction with large keys.
      const large = Buffer.allocUnsafe(16 * CHUNK_BYTES)
      length = readSync(fd, large, 0, large.length, offset)
      return large.subarray(0, length)
    }
    return buffer.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}

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
  const registered = readRegistration(folder, name)
  const owner = registered ? registered.process : endsWithProcess ? identify(process.pid) : undefined
  const register = (position: Position) =>
    writeRegistration(folder, name, {
      position: Object.fromEntries(Object.entries(position).map(([writer, at]) => [writer, [...at]])),
      ...(owner && { process: owner }),
    })
  if (!registered) {
    register({})
    await sleep(settleMs)
  }
  const start: Position = from ?? registered?.position ?? {}
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
    let line: z.infer<typeof Line>
    try {
      line = Line.parse(JSON.parse(text))
    } catch {
      return // cut off by a full disk: the write was not sent
    }
    if (line[0] === 'end') {
      const begun = writer.open.get(line[1])
      writer.open.delete(line[1])
      if (begun) give(found, begun)
      return
    }
    const [, id, since, pairs, unknown] = line
    writer.open.set(id, { at, since, keys: pairs.map(([table, key]) => ({ table, key })), unknown, given: 0 })
  }

  /** Reads a chunk of the segment; false at its end. */
  const readOn = ({ path, number }: Segment, writer: Writer, found: Found): boolean => {
    const chunk = readChunk(path, writer.offset)
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
    for (const name of writers.keys())
      if (!names.has(name) && (writers.get(name)?.open.size ?? 0) === 0) writers.delete(name)
    for (const one of segments) {
      let writer = writers.get(one.writer)
      if (!writer) {
        writer = { segment: one.number, offset: 0, open: new Map() }
        writers.set(one.writer, writer)
        if (one.number > 1 && registered) found.unknown.add('the journal was trimmed before it was read')
      }
      if (one.number < writer.segment) continue
      if (one.number > writer.segment) {
        if (one.number > writer.segment + 1) found.unknown.add('the journal was trimmed before it was read')
        if (isFull()) continue
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
    isNew: !registered,
    read,
    openKeys: () => [...writers.values()].flatMap(({ open }) => [...open.values()].flatMap(one => one.keys)),
    commit: committed => {
      register(committed)
      trimJournal(folder)
    },
    unregister: () => {
      removeRegistration(folder, name)
      trimJournal(folder)
    },
  }
}

/** Whether a reader is registered that does not end with a process. */
export const isReaderRegistered = (dataDir: string, name: string): boolean => {
  const registration = readRegistration(journalFolder(dataDir), name)
  return registration !== undefined && registration.process === undefined
}

/** Ends the registration of a reader that does not run, if there is one. */
export const endJournalReader = (dataDir: string, name: string): void => {
  const folder = journalFolder(dataDir)
  if (!readRegistration(folder, name)) return
  removeRegistration(folder, name)
  trimJournal(folder)
}
