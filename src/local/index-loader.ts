/** Loading of the search index at startup, from its snapshot or from the books table, retried until the database answers. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveIndex } from '../catalog/index/live-index.ts'

const RETRY_MS = 5_000

export type IndexLoader = {
  /** Resolves when the index is loaded, or when `stop` has interrupted the loading. Never rejects. */
  readonly loaded: Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts loading at once, and passes each failure to `report` before the next attempt. */
export const startIndexLoader = (liveIndex: LiveIndex, report: (error: unknown) => void): IndexLoader => {
  const stopping = new AbortController()
  const { signal } = stopping
  const load = async (): Promise<void> => {
    while (!signal.aborted)
      try {
        return await liveIndex.load({ signal })
      } catch (error) {
        if (signal.aborted) return
        report(error)
        await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => {})
      }
  }
  const loaded = load()
  return {
    loaded,
    stop: async () => {
      stopping.abort()
      await loaded
    },
  }
}
