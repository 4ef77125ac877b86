/** Blob storage for covers and snapshots, by name: a folder on this machine, a bucket on AWS. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export type Blobs = {
  /** The bytes stored under the name; undefined if there are none. */
  get(name: string): Promise<Uint8Array | undefined>
  /** Stores the bytes atomically: a reader sees the old ones or the new ones. */
  put(name: string, bytes: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}

const NAME = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*(\.[a-z0-9]+)?$/

/** Throws TypeError for a name that could be read as a path of something else. */
export const assertBlobName = (name: string): void => {
  if (!NAME.test(name)) throw new TypeError(`must be the name of a blob, for example covers/1.webp: ${name}`)
}

export const createFolderBlobs = (folder: string): Blobs => {
  const pathOf = (name: string): string => {
    assertBlobName(name)
    return join(folder, name)
  }
  return {
    get: async name => {
      try {
        return await readFile(pathOf(name))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    put: async (name, bytes) => {
      const path = pathOf(name)
      const partial = `${path}.${crypto.randomUUID()}.partial`
      await mkdir(dirname(path), { recursive: true })
      await writeFile(partial, bytes)
      await rename(partial, path)
    },
    remove: name => rm(pathOf(name), { force: true }),
  }
}
