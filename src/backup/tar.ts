/** Entries as a tar, and a tar as entries. Nothing is ever unpacked to a path of the archive: an entry is a name and bytes in memory. */
import { createTarDecoder, createTarPacker } from 'modern-tar'
import type { TableId } from '../tables/definitions.ts'
import { BackupError, type Entry, type EntryKind, kindOf } from './format.ts'

/** The tar of these entries, as it is read. */
export const packTar = (entries: AsyncIterable<Entry>, mtime: Date): ReadableStream<Uint8Array> => {
  const { readable, controller } = createTarPacker()
  const feed = async (): Promise<void> => {
    for await (const { name, bytes } of entries) {
      const header = { name, size: bytes.length, mtime, mode: 0o600, type: 'file' } as const
      const writer = controller.add(header).getWriter()
      if (bytes.length > 0) await writer.write(new Uint8Array(bytes))
      await writer.close()
    }
    controller.finalize()
  }
  feed().catch((error: unknown) =>
    controller.error(error instanceof Error ? error : new Error(String(error))),
  )
  return readable
}

export type KnownEntry = Entry & { readonly kind: EntryKind; readonly table: TableId | undefined }

const readBody = async (body: ReadableStream<Uint8Array>, size: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(size)
  let length = 0
  for await (const part of body) {
    bytes.set(part, length)
    length += part.length
  }
  return bytes.subarray(0, length)
}

/**
 * The entries of a tar, in its order. Throws BackupError for anything that an archive never has: a link, a folder, a name with `..`, an
 * entry that is too large; and for a tar that is damaged or ends early. What `bytes` throws is thrown.
 */
export async function* unpackTar(bytes: ReadableStream<Uint8Array>): AsyncGenerator<KnownEntry> {
  let entries = 0
  try {
    for await (const { header, body } of bytes.pipeThrough(createTarDecoder({ strict: true }))) {
      const { name, size, type = 'file' } = header
      const known = kindOf(name)
      if (type !== 'file' || !known)
        throw new BackupError(
          `this is not a backup of a shop: it has the ${type} ${JSON.stringify(name.slice(0, 100))}, which backups do not have`,
        )
      if (size > known.maxBytes)
        throw new BackupError(
          `this is not a backup of a shop: ${name} has ${size} bytes, and the most it may have are ${known.maxBytes}`,
        )
      entries++
      yield { name, bytes: await readBody(body, size), kind: known.kind, table: known.table }
    }
  } catch (error) {
    if (error instanceof BackupError) throw error
    throw new BackupError(
      entries === 0
        ? 'this is not a backup of a shop, or it is damaged from its beginning'
        : `the archive is damaged or ends early, after ${entries} entries: use another backup`,
      { cause: error },
    )
  }
}
