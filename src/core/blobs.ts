/** Where large things lie: covers and snapshots, by name, in a folder here and in a bucket on AWS. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export type Blobs = {
  /** The bytes of that name, or undefined. */
  get(name: string): Promise<Uint8Array | undefined>
  /** Puts the whole under that name at once: a reader sees the old or the new. */
  put(name: string, bytes: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}

const NAME = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*(\.[a-z0-9]+)?$/

/** Throws TypeError for a name that could be read as another path. */
export const assertBlobName = (name: string): void => {
  if (!NAME.test(name)) throw new TypeError(`not the name of a blob: ${name}`)
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
