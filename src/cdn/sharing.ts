/** For how long the CDN may keep the responses of this process: for long only while the purger is well, and what is read is current. */
import { BRIEF_SECONDS, LONG_SECONDS } from '../http/shared-caching.ts'
import type { PurgeTable } from './table.ts'
import { MAX_READ_AGE_MS, READ_INTERVAL_MS } from './timing.ts'

export type CdnSharing = {
  /** Reads the state of the purge, unless that was done a moment ago. An error is reported instead of thrown. */
  readonly follow: () => Promise<void>
  readonly sharedSeconds: () => number
}

/** `currentAt`: the moment (ms) up to which other processes' changes are in what this process answers from. */
export const createCdnSharing = ({
  table,
  currentAt,
  now,
  report,
}: {
  readonly table: Pick<PurgeTable, 'readState'>
  readonly currentAt: () => number
  readonly now: () => Date
  readonly report: (error: unknown) => void
}): CdnSharing => {
  let [longUntil, readAt] = [0, 0]
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    const start = now().getTime()
    longUntil = (await table.readState()).longUntil
    readAt = start
  }

  return {
    follow: async () => {
      if (now().getTime() - readAt < READ_INTERVAL_MS) return
      reading ??= read()
        .catch(report)
        .finally(() => {
          reading = undefined
        })
      await reading
    },
    sharedSeconds: () => {
      const time = now().getTime()
      const isCurrent = time - Math.min(readAt, currentAt()) <= MAX_READ_AGE_MS
      return isCurrent && time < longUntil ? LONG_SECONDS : BRIEF_SECONDS
    },
  }
}
