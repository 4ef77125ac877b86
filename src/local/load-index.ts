/** The index of a shop that starts: loaded, or built from the table, and tried again when the store fails meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveIndex } from '../catalog/index/live-index.ts'

const AGAIN_MS = 5_000

/** Begins at once. `loaded` resolves when the memory is ready, or when `stop` has ended it before; it never rejects. */
export const loadIndex = (memory: LiveIndex, report: (error: unknown) => void) => {
  const ending = new AbortController()
  const { signal } = ending
  const load = async (): Promise<void> => {
    while (!signal.aborted)
      try {
        return await memory.load(signal)
      } catch (error) {
        if (signal.aborted) return
        report(error)
        await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => {})
      }
  }
  const loaded = load()
  return {
    loaded,
    stop: async (): Promise<void> => {
      ending.abort()
      await loaded
    },
  }
}
