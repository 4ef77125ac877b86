/** Segments of the change journal as they are read: chunks of whole lines, and what a line says. */
import { closeSync, openSync, readSync } from 'node:fs'
import * as z from 'zod'

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

/** A line without its end; undefined when it was cut off by a full disk: then the write was not sent. */
export const parseLine = (text: string): z.infer<typeof Line> | undefined => {
  try {
    return Line.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The next bytes of a segment; undefined when it cannot be opened: it was deleted since it was listed. */
export const readChunk = (path: string, offset: number): Buffer | undefined => {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
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
