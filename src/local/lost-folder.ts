/** A data folder that is deleted or replaced while its shop runs: nothing that the shop writes from then on would be kept. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from './start-error.ts'

const POLL_MS = 2_000

export class DataFolderLost extends StartError {
  constructor(path: string) {
    super(
      `the data folder ${path} was deleted or replaced: the shop ends, since nothing that it writes would be kept`,
    )
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** What identifies the lock file, which exists as long as the folder; undefined where it is gone. Throws where it cannot be read. */
const identifyLock = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino } = await stat(join(path, 'lock'), { bigint: true })
    return `${dev} ${ino}`
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/**
 * Resolves when the data folder at `path`, which this process has locked, is gone or another one; it is looked at every two seconds, and has to be so
 * twice. `onStop` is given what ends that.
 */
export const watchDataFolder = (
  path: string,
  onStop: (stop: () => Promise<void>) => void,
): Promise<DataFolderLost> => {
  const stopping = new AbortController()
  const { signal } = stopping
  const lost = Promise.withResolvers<DataFolderLost>()
  const watch = async (): Promise<void> => {
    const locked = await identifyLock(path)
    for (let misses = 0; misses < 2; ) {
      await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      // A disk that does not respond now may do so later.
      const found = await identifyLock(path).catch(() => locked)
      misses = found === locked ? 0 : misses + 1
    }
    lost.resolve(new DataFolderLost(path))
  }
  const watching = watch().catch(() => {})
  onStop(async () => {
    stopping.abort()
    await watching
  })
  return lost.promise
}
