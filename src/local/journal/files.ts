/**
 * Files of the change journal in a data folder. Each process writes segments of its own, `journal/<writer>.<number>`, so that no write
 * waits for another process; `journal/readers/<name>` registers who reads them. There is no reader: nothing is captured.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { isRunning, type ProcessIdentity } from '../process-identity.ts'

/** Where a reader is: by writer, the segment and the byte from which it reads on. A writer that is missing is read from its beginning. */
export type Position = Readonly<Record<string, readonly [segment: number, offset: number]>>

const Registration = z.object({
  position: z.record(z.string(), z.tuple([z.int(), z.int()])),
  /** A reader that ends with its process, as a command; without it the reader stays registered while no process runs. */
  process: z.object({ pid: z.int(), started: z.string() }).optional(),
  /** When the reader was registered, in milliseconds, until it commits for the first time: what was written before is not in the journal. */
  newSince: z.number().optional(),
})
export type Registration = z.infer<typeof Registration>

export type Segment = { readonly writer: string; readonly number: number; readonly path: string }

export const journalFolder = (dataDir: string): string => join(dataDir, 'journal')
export const readersFolder = (folder: string): string => join(folder, 'readers')

/** The name of a writer: its process, and which of the process's journals. */
export const writerName = ({ pid, started }: ProcessIdentity, nonce: string): string =>
  `${pid}-${nonce}-${encodeURIComponent(started)}`

/** Whether the process of the writer has ended. */
export const isGone = (writer: string): boolean => {
  const [pid, , ...started] = writer.split('-')
  return !isRunning({ pid: Number(pid), started: decodeURIComponent(started.join('-')) })
}

export const segmentPath = (folder: string, writer: string, number: number): string =>
  join(folder, `${writer}.${String(number).padStart(6, '0')}`)

const list = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** The segments of every writer, in order. */
export const listSegments = (folder: string): Segment[] =>
  list(folder)
    .sort()
    .flatMap(name => {
      const [, writer, number] = /^(.+)\.(\d{6,})$/.exec(name) ?? []
      return writer === undefined ? [] : [{ writer, number: Number(number), path: join(folder, name) }]
    })

export const readRegistration = (folder: string, name: string): Registration | undefined => {
  try {
    return Registration.parse(JSON.parse(readFileSync(join(readersFolder(folder), name), 'utf8')))
  } catch {
    return undefined // not registered, or a file that no reader can use
  }
}

/** The registration of a reader; undefined also when it ended with a process that has ended. */
export const readLivingRegistration = (folder: string, name: string): Registration | undefined => {
  const registration = readRegistration(folder, name)
  return registration?.process && !isRunning(registration.process) ? undefined : registration
}

export const writeRegistration = (folder: string, name: string, registration: Registration): void => {
  mkdirSync(readersFolder(folder), { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.new`)
  writeFileSync(path, JSON.stringify(registration), { mode: 0o600 })
  renameSync(path, join(readersFolder(folder), name))
}

/** Ends a reader; with the last one capture is off. */
export const removeRegistration = (folder: string, name: string): void => {
  rmSync(join(readersFolder(folder), name), { force: true })
  try {
    rmdirSync(readersFolder(folder))
  } catch {
    // There are other readers, or none ever was.
  }
}

/** The readers, without those whose process has ended. */
const livingReaders = (folder: string): Registration[] =>
  list(readersFolder(folder)).flatMap(name => {
    const registration = readRegistration(folder, name)
    if (registration?.process && !isRunning(registration.process)) removeRegistration(folder, name)
    else if (registration) return [registration]
    return []
  })

/** Bytes of segments that readers may leave unread. Older ones are deleted, and the reader is told that changes are missing. */
const LIMIT_BYTES = 512 * 1024 * 1024

/**
 * Deletes the segments that every reader has read, and the oldest ones beyond the limit, so that a reader which does not come back
 * does not fill the disk. The last segment of a running process stays: it may be writing to it.
 */
export const trimJournal = (folder: string, limit = LIMIT_BYTES): void => {
  const readers = livingReaders(folder)
  const segments = listSegments(folder)
  const last = new Map(segments.map(({ writer, number }) => [writer, number]))
  const sizes = new Map(
    segments.map(({ path }) => [path, statSync(path, { throwIfNoEntry: false })?.size ?? 0]),
  )
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  for (const { writer, number, path } of segments) {
    const isLast = last.get(writer) === number
    if (isLast && !isGone(writer)) continue
    const size = sizes.get(path) ?? 0
    const isRead = readers.every(({ position }) => {
      const [segment, offset] = position[writer] ?? [0, 0]
      return segment > number || (segment === number && isLast && offset >= size)
    })
    if (!isRead && (isLast || total <= limit)) continue
    rmSync(path, { force: true })
    total -= size
  }
}

/** Whether a reader is registered that does not end with a process. */
export const isReaderRegistered = (dataDir: string, name: string): boolean => {
  const registration = readRegistration(journalFolder(dataDir), name)
  return registration !== undefined && registration.process === undefined
}

/** Ends the registration of a reader that would end with this process, as a command does that has finished. */
export const endOwnJournalReader = (dataDir: string, name: string): void => {
  if (readRegistration(journalFolder(dataDir), name)?.process?.pid === process.pid)
    endJournalReader(dataDir, name)
}

/** Ends the registration of a reader that does not run, if there is one. */
export const endJournalReader = (dataDir: string, name: string): void => {
  const folder = journalFolder(dataDir)
  if (!readRegistration(folder, name)) return
  removeRegistration(folder, name)
  trimJournal(folder)
}
