/** The text of a file, a piece at a time: UTF-8 or UTF-16 where its bytes say so, else Windows-1252, or as the operator says. */
import { createReadStream } from 'node:fs'
import { FeedError } from './attributes.ts'

const failed = (file: string, error: unknown): FeedError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[
    code
  ]
  return new FeedError(`cannot read ${file}: ${why ?? (error instanceof Error ? error.message : error)}`)
}

async function* bytesOf(file: string, end?: number): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, end === undefined ? {} : { end })) yield chunk
  } catch (error) {
    throw failed(file, error)
  }
}

/** Throws FeedError for an encoding that nobody knows. */
const decoderOf = (encoding: string, fatal = false): TextDecoder => {
  try {
    return new TextDecoder(encoding, { fatal })
  } catch {
    throw new FeedError(`there is no encoding ${encoding}; utf-8 and windows-1252 are usual`)
  }
}

/** The encoding of a file, by reading it once. Throws FeedError when it cannot be read. */
export const detectEncoding = async (file: string): Promise<string> => {
  const utf8 = decoderOf('utf-8', true)
  let first = true
  try {
    for await (const chunk of bytesOf(file)) {
      if (first && chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
      if (first && chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
      first = false
      utf8.decode(chunk, { stream: true })
    }
    utf8.decode()
    return 'utf-8'
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252'
    throw error
  }
}

/** The text without its byte order mark. `onBytes` is told how many bytes each piece took. Throws FeedError. */
export async function* textOf(
  file: string,
  encoding: string,
  { end, onBytes = () => {} }: { readonly end?: number; readonly onBytes?: (bytes: number) => void } = {},
): AsyncGenerator<string> {
  const decoder = decoderOf(encoding)
  for await (const chunk of bytesOf(file, end)) {
    onBytes(chunk.length)
    const text = decoder.decode(chunk, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
