/** Blob storage for covers and snapshots, by name: a folder on this machine, a bucket on AWS. */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export type Blobs = {
  /** The bytes stored under the name; undefined if there are none. */
  get(name: string): Promise<Uint8Array | undefined>
  /** Stores the bytes atomically: a reader sees the old ones or the new ones. */
  put(name: string, bytes: Uint8Array): Promise<void>
  /**
   * As `get`, in parts of at most `PART_BYTES` for what is too large to be held at once; no part if there is no blob. All parts
   * are of one version: throws BlobChanged when it is replaced in between.
   */
  read(name: string): AsyncIterable<Uint8Array>
  /** As `put`, with bytes that are made while they are stored: at most one part of them is held. */
  write(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>
  remove(name: string): Promise<void>
}

/** S3 wants at least 5 MiB of each part but the last. */
export const PART_BYTES = 8 * 2 ** 20

/** A blob was replaced while its parts were read: reading it again from its beginning gives the new one. */
export class BlobChanged extends Error {
  override readonly name = 'BlobChanged'
}

const NAME = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*(\.[a-z0-9]+)?$/

/** Throws TypeError for a name that could be read as a path of something else. */
export const assertBlobName = (name: string): void => {
  if (!NAME.test(name)) throw new TypeError(`must be the name of a blob, for example covers/1.webp: ${name}`)
}

const ignoreMissing = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

const replace = async (path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> => {
  const partial = `${path}.${crypto.randomUUID()}.partial`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(partial, bytes)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

export const createFolderBlobs = (folder: string): Blobs => {
  const pathOf = (name: string): string => {
    assertBlobName(name)
    return join(folder, name)
  }
  return {
    get: async name => readFile(pathOf(name)).catch(ignoreMissing),
    put: async (name, bytes) => replace(pathOf(name), bytes),
    async *read(name) {
      // The open file stays what it is when another one takes its name.
      const file = await open(pathOf(name)).catch(ignoreMissing)
      if (!file) return
      try {
        for (;;) {
          const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(PART_BYTES) })
          if (bytesRead === 0) return
          yield buffer.subarray(0, bytesRead)
        }
      } finally {
        await file.close()
      }
    },
    write: async (name, bytes) => replace(pathOf(name), bytes),
    remove: name => rm(pathOf(name), { force: true }),
  }
}
