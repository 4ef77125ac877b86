/**
 * Stand-in of the replication of global tables between two emulated Regions: it copies each changed item after a delay, one by one, without
 * transactions, and the later write of an item wins.
 */
import { type CapturedKey, uniqueKeys } from '#src/core/dynamo/capture.ts'
import { TABLE_IDS } from '#src/tables/definitions.ts'
import { keyOfItem, type Region } from '../../test/region.ts'

/** How long after a write its item is copied, at the earliest (ms). DynamoDB usually takes less than a second. */
export const REPLICATION_MS = 500

export type Replication = {
  /** Copies what is due in both directions; nothing while it is cut. */
  readonly run: () => Promise<void>
  /** Cuts both directions, or resumes them. */
  readonly setCut: (isCut: boolean) => void
  /** When the oldest write was made that is not copied from this Region (performance.now); Infinity where all are. */
  readonly unsentSince: (from: Region) => number
  /** Whether everything is copied. */
  readonly isCaughtUp: () => boolean
}

type Change = { readonly one: CapturedKey; readonly at: number }
/** One direction, with what it has not copied yet, the oldest first. */
type Line = { readonly from: Region; readonly to: Region; readonly waiting: Change[] }

const textOf = ({ table, key }: CapturedKey): string => JSON.stringify([table, Object.entries(key).sort()])

/** Copies all tables of `first`, and follows the changes of both Regions from now on. Nothing may be written before it returns. */
export const startReplication = async (first: Region, second: Region): Promise<Replication> => {
  const { names } = first.shop
  /** When clients last wrote an item, in any Region. */
  const writtenAt = new Map<string, number>()
  const lines: readonly Line[] = [
    { from: first, to: second, waiting: [] },
    { from: second, to: first, waiting: [] },
  ]
  for (const { from, waiting } of lines)
    from.onChange((keys, by) => {
      if (by === 'replication') return
      const at = performance.now()
      for (const one of keys) {
        writtenAt.set(textOf(one), at)
        waiting.push({ one, at })
      }
    })
  for (const id of TABLE_IDS) {
    const items = await first.items(id)
    await second.receive(items.map(item => ({ ...keyOfItem(names, names[id], item), item })))
  }

  let isCut = false
  const copy = async ({ from, to, waiting }: Line): Promise<void> => {
    const dueBefore = performance.now() - REPLICATION_MS
    const due = waiting.filter(({ at }) => at <= dueBefore)
    if (isCut || due.length === 0) return
    const isLatest = ({ one, at }: Change): boolean => writtenAt.get(textOf(one)) === at
    const found = await from.read(uniqueKeys(due.filter(isLatest).map(({ one }) => one)))
    if (isCut) return
    const stillLatest = new Set(due.filter(isLatest).map(({ one }) => textOf(one)))
    await to.receive(found.filter(one => stillLatest.has(textOf(one))))
    waiting.splice(0, due.length)
  }
  return {
    run: async () => {
      for (const line of lines) await copy(line)
    },
    setCut: value => {
      isCut = value
    },
    unsentSince: from => lines.find(line => line.from === from)?.waiting[0]?.at ?? Number.POSITIVE_INFINITY,
    isCaughtUp: () => lines.every(({ waiting }) => waiting.length === 0),
  }
}
