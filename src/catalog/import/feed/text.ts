/** Text of a file in pieces: decoded as UTF-8 or UTF-16 where its bytes are, else as Windows-1252, or as the operator says. */
import { createReadStream } from 'node:fs'
import { FeedError } from './attributes.ts'

const readError = (file: string, error: unknown): FeedError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = { ENOENT: 'file not found', EISDIR: 'it is a folder', EACCES: 'permission denied' }[code]
  return new FeedError(`cannot read ${file}: ${why ?? (error instanceof Error ? error.message : error)}`)
}

const PIECE_BYTES = 16 * 1024

/** The bytes of a file in pieces, all of them or those up to `end`. Throws FeedError when it cannot be read. */
export async function* readBytes(file: string, end?: number): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, {
      highWaterMark: PIECE_BYTES,
      ...(end === undefined ? {} : { end }),
    }))
      yield chunk
  } catch (error) {
    throw readError(file, error)
  }
}

/** Throws FeedError for an unknown encoding. */
const createDecoder = (encoding: string, fatal = false): TextDecoder => {
  try {
    return new TextDecoder(encoding, { fatal })
  } catch {
    throw new FeedError(`unknown encoding ${encoding}: use for example utf-8 or windows-1252`)
  }
}

/** What bytes that are neither UTF-8 nor UTF-16 are taken for: nothing in them says which code page they are in. */
export const GUESSED_ENCODING = 'windows-1252'

/** The encoding of a file, which is read once for it. Throws FeedError when it cannot be read. */
export const detectEncoding = async (file: string): Promise<string> => {
  const utf8 = createDecoder('utf-8', true)
  let first = true
  try {
    for await (const chunk of readBytes(file)) {
      if (first && chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
      if (first && chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
      first = false
      utf8.decode(chunk, { stream: true })
    }
    utf8.decode()
    return 'utf-8'
  } catch (error) {
    if (error instanceof TypeError) return GUESSED_ENCODING
    throw error
  }
}

/** The text without its byte order mark. `onBytes` receives the number of bytes of each piece. Throws FeedError. */
export async function* readText(
  file: string,
  encoding: string,
  { end, onBytes = () => {} }: { readonly end?: number; readonly onBytes?: (bytes: number) => void } = {},
): AsyncGenerator<string> {
  const decoder = createDecoder(encoding)
  for await (const chunk of readBytes(file, end)) {
    onBytes(chunk.length)
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
