/**
 * The shop at one moment, from a database that cannot be copied as a file.
 *
 * 1. All tables are read while the shop sells, and the keys of its writes are captured.
 * 2. The captured keys are read again until there are few. Then writes are paused for at most two seconds; the keys of the last writes are
 *    read, and those of writes that may still arrive at one moment, so that all of a transaction is in the copy or nothing of it.
 * 3. All tables are read once more while the shop sells on. What differs from the copy must have been captured since the pause:
 *    otherwise a program writes whose keys are not captured, and the copy may contradict itself.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type CapturedKey, type CapturedKeys, uniqueKeys } from '../core/dynamo/capture.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type FoundItem, getRaw, getRawAtOnce, scanRaw } from '../core/dynamo/raw-items.ts'
import { ShopError } from '../core/errors.ts'
import { pauseWrites, type WritePause } from '../core/fence/pause.ts'
import { TABLE_IDS, type TableId, type TableNames } from '../tables/definitions.ts'
import { plainKeyText } from '../tables/raw-items.ts'
import { withoutDatabaseRows } from './database-rows.ts'
import { BackupError } from './format.ts'
import type { ItemStore } from './item-store.ts'

export type CapturedShop = {
  /** Does not obey the write fence. */
  readonly db: Dynamo
  readonly names: TableNames
  readonly captured: CapturedKeys
}

export type CollectOptions = {
  readonly signal?: AbortSignal
  readonly items?: (count: number) => void
  /** Called when a part of the work begins: `pause`, `comparison`. */
  readonly begin?: (what: string) => void
  /** Tries to read the last changes in a pause, with a time to sell in between; 5 unless given. */
  readonly maxTries?: number
  /** That time (ms); 3 s unless given. */
  readonly betweenTriesMs?: number
}

/** The longest write pause, in milliseconds. */
const MAX_PAUSE_MS = 2_000
const BETWEEN_TRIES_MS = 3_000
/** Captured keys with which a pause begins; they are read in about 20 ms. */
const FEW_KEYS = 50
const MAX_ROUNDS = 20
const POLL_MS = 20

const PAUSE_TOO_SHORT =
  `the last changes could not be read in a write pause of ${MAX_PAUSE_MS / 1000} s: the database is too slow or too busy. ` +
  'The shop sells on; try again at a quiet hour'
const UNKNOWN_KEYS =
  'a program writes with statements (PartiQL), whose keys are not known: stop it while the backup is made'

/** Collects the shop as it is at one moment, which it gives back. Throws BackupError, and the errors of the database. */
export const collectShop = async (
  { db, names, captured }: CapturedShop,
  store: ItemStore,
  {
    signal,
    items = () => {},
    begin = () => {},
    maxTries = 5,
    betweenTriesMs = BETWEEN_TRIES_MS,
  }: CollectOptions = {},
): Promise<Date> => {
  const ids = new Map(TABLE_IDS.map(id => [names[id], id]))

  async function* tablePages(id: TableId) {
    for await (const page of scanRaw(db, names[id])) {
      signal?.throwIfAborted()
      yield id === 'control' ? withoutDatabaseRows(page) : page
    }
  }

  const readTables = async (): Promise<void> => {
    for (const id of TABLE_IDS) {
      store.clear(id)
      for await (const page of tablePages(id)) {
        store.put(id, page)
        items(page.length)
      }
    }
  }

  const replace = (found: readonly FoundItem[]): void => {
    for (const { table, key, item } of found) {
      const id = ids.get(table)
      if (!id) continue
      const [one] = id === 'control' && item ? withoutDatabaseRows([item]) : [item]
      if (one) store.put(id, [one])
      else store.remove(id, plainKeyText(id, key))
    }
  }

  let isComplete = false
  /** Keys that were captured, and whose items have not been read since: the journal gives them only once. */
  let pending: readonly CapturedKey[] = []
  /** Reads the items of the captured keys again: how many they were. */
  const follow = async (): Promise<number> => {
    const { keys, unknown } = captured.read()
    if (unknown.length > 0) isComplete = false
    pending = uniqueKeys([...pending, ...keys])
    const count = pending.length
    replace(await getRaw(db, pending))
    pending = []
    return count
  }

  /** Reads what remains in a write pause, and gives its moment; undefined where the pause was too short. */
  const finishInPause = async (): Promise<Moment | undefined> => {
    let isWaiting = true
    const pausing = pauseWrites(db, names.control, { maxMs: MAX_PAUSE_MS })
      .catch(explainPause)
      .finally(() => {
        isWaiting = false
      })
    pausing.catch(() => {}) // awaited below
    try {
      for (; isWaiting; await sleep(POLL_MS)) await follow()
      const pause = await pausing
      const asOf = new Date()
      await follow()
      const open = uniqueKeys(captured.openKeys())
      replace(await getRawAtOnce(db, open))
      return (await isEndedInTime(pause)) ? { asOf, open } : undefined
    } catch (error) {
      const pause = await pausing.catch(() => undefined)
      if (pause) await isEndedInTime(pause)
      if (error instanceof ShopError) return undefined // it takes too long
      throw error
    }
  }

  /** Throws BackupError where something has changed whose keys were not captured since the moment. */
  const compare = async ({ open }: Moment): Promise<void> => {
    const differing: string[] = []
    for (const id of TABLE_IDS) {
      const add = (key: string): void => void differing.push(`${id} ${key}`)
      for await (const page of tablePages(id)) store.compare(id, page).forEach(add)
      store.notFound(id).forEach(add)
    }
    const { keys, unknown } = captured.read()
    if (unknown.length > 0) throw new BackupError(UNKNOWN_KEYS)
    const known = new Set(
      [...keys, ...captured.openKeys(), ...open].map(one => {
        const id = ids.get(one.table)
        return id ? `${id} ${plainKeyText(id, one.key)}` : ''
      }),
    )
    const [first] = differing.filter(key => !known.has(key))
    if (first !== undefined)
      throw new BackupError(
        `another program writes to this database (${first.split(' ')[0]} changed), and the copy may contradict itself: ` +
          'make the backup with the data folder of the shop, on its machine, and stop programs that write beside the shop',
      )
  }

  for (let tries = 1; tries <= maxTries; tries++) {
    if (tries > 1) await sleep(betweenTriesMs, undefined, { ...(signal && { signal }) })
    if (!isComplete) {
      captured.read() // of before
      pending = []
      isComplete = true
      await readTables()
    }
    for (let round = 0; round < MAX_ROUNDS && (await follow()) > FEW_KEYS; round++) signal?.throwIfAborted()
    if (!isComplete) continue
    begin('pause')
    const moment = await finishInPause()
    if (!moment || !isComplete) continue
    begin('comparison')
    await compare(moment)
    return moment.asOf
  }
  throw new BackupError(isComplete ? PAUSE_TOO_SHORT : UNKNOWN_KEYS)
}

/** The moment of a copy, and the keys of writes that were under way then and may arrive later. */
type Moment = { readonly asOf: Date; readonly open: readonly CapturedKey[] }

const explainPause = (cause: unknown): never => {
  if (cause instanceof ShopError) throw cause
  throw new BackupError(
    `the writes cannot be paused: ${cause instanceof Error ? cause.message : cause}. Try again in a minute`,
    { cause },
  )
}

const isEndedInTime = (pause: WritePause): Promise<boolean> =>
  pause.end().then(
    () => true,
    () => false,
  )
