/** Reader of the change log: takes over into the index what other processes have changed. */
import type { BookKey } from '../table.ts'
import type { ChangeLog } from './change-log.ts'
import type { Refresher } from './refresh.ts'
import type { IndexState } from './state.ts'

/** Entries that were read are remembered for this long: longer than a reading looks back. */
const REMEMBERED_MS = 120_000

export type ChangeReader = {
  /** Applies what other processes have logged since the last reading. */
  readonly readChanges: () => Promise<void>
  /** The same unless it was done within the last `freshMs`. An error is reported instead of thrown. */
  readonly follow: (freshMs: number) => Promise<void>
}

type Deps = {
  readonly changes: ChangeLog
  readonly now: () => Date
  readonly report: (error: unknown) => void
}

export const createChangeReader = (
  state: IndexState,
  { refresh }: Refresher,
  { changes, now, report }: Deps,
): ChangeReader => {
  /** Sort keys of entries that were applied, with the time of the reading. */
  const applied = new Map<string, number>()

  const readChanges = async (): Promise<void> => {
    const start = now()
    const keys: BookKey[] = []
    const found: string[] = []
    for await (const { sk, books: changed } of changes.since(state.asOf)) {
      if (applied.has(sk)) continue
      found.push(sk)
      keys.push(...changed)
    }
    if (keys.length > 0) {
      await refresh(keys)
      state.bumpEdited(keys.map(key => key.book_id))
    }
    // Not before: after a failed refresh the next reading applies them.
    for (const sk of found) applied.set(sk, start.getTime())
    for (const [sk, at] of applied) if (at < start.getTime() - REMEMBERED_MS) applied.delete(sk)
    state.asOf = start
  }

  let reading: Promise<void> | undefined
  const follow = async (freshMs: number): Promise<void> => {
    if (!state.index || now().getTime() - state.asOf.getTime() < freshMs) return
    reading ??= readChanges()
      .catch(report)
      .finally(() => {
        reading = undefined
      })
    await reading
  }

  return { readChanges, follow }
}
