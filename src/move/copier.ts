/**
 * Copier of a move. While the shop sells: passes over all items, then the items whose keys were captured since. In the pause: with captured
 * keys only what has changed at last, so that the pause does not grow with the shop; without them passes over all items, until one
 * finds nothing to change.
 *
 * A write that the network or a stopped process has held up may arrive at the source in the pause, though its sender does not believe it.
 * All of its transaction is copied or nothing: the items of captured writes without an end are read by one transaction; and of two passes with
 * the same result, every item was as it is between them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type CapturedKey, type CapturedKeys, uniqueKeys } from '../core/dynamo/capture.ts'
import { getRaw, getRawAtOnce } from '../core/dynamo/raw-items.ts'
import { ShopError } from '../core/errors.ts'
import { DRAIN_MS } from '../core/fence/write-guard.ts'
import { TABLE_IDS, type TableId } from '../tables/definitions.ts'
import { plainKeyText } from '../tables/raw-items.ts'
import { copyItems, copyPass, type PassOptions, type PassResult } from './pass.ts'
import { patiently } from './patience.ts'
import { type Contents, MoveError, type Place } from './place.ts'

export type Changed = ReadonlyMap<TableId, ReadonlySet<string>>

export type Copier = {
  /** Compares all items of the source. */
  readonly pass: () => Promise<PassResult>
  /** Copies what was captured, until it is little; false where a pass is needed, since keys of writes are not known. */
  readonly catchUp: () => Promise<boolean>
  /** How long the pause will take, in milliseconds. */
  readonly expectedPauseMs: () => number
  /** Whether the pause reads all items. */
  readonly readsAll: () => boolean
  /**
   * In the pause: copies the rest while the writes under way end and after that, and gives what it has changed. Undefined where keys of
   * writes are not known, so that the source must be opened, and a pass made, first.
   */
  readonly finish: (drained: Promise<unknown>) => Promise<Changed | undefined>
}

export type CopierParts = PassOptions & {
  readonly source: Place
  readonly destination: Place
  /** What the destination holds; kept up to date. */
  readonly known: Contents
  readonly captured: CapturedKeys | undefined
}

/** Captured keys with which a pause may begin; they are copied in a fraction of a second. */
const FEW_KEYS = 100
const MAX_ROUNDS = 20
const MAX_PASSES_IN_PAUSE = 5
const POLL_MS = 20
/** What a pause takes beside reading items: the wait for the writes that are under way, and a second for the rest (ms). */
export const SHORTEST_PAUSE_MS = DRAIN_MS + 1_000

export const createCopier = ({ source, destination, known, captured, ...options }: CopierParts): Copier => {
  const ids = new Map(TABLE_IDS.map(id => [source.names[id], id]))
  const textOf = ({ table, key }: CapturedKey): string => {
    const id = ids.get(table)
    return id ? `${id} ${plainKeyText(id, key)}` : table
  }
  /** Undefined once something has changed that was not captured. */
  let keys = captured
  const pending = new Map<string, CapturedKey>()
  const explained = new Set<string>()
  let [needsPass, passes, passMs, roundMs] = [false, 0, 0, 0]

  const read = (): void => {
    if (!keys) return
    const { keys: found, unknown } = keys.read()
    for (const one of found) pending.set(textOf(one), one)
    for (const one of [...found, ...keys.openKeys()]) explained.add(textOf(one))
    needsPass ||= unknown.length > 0
  }

  /** Copies the items whose keys were captured; gives what it has changed, and how many keys there were. */
  const copyPending = async (): Promise<PassResult> => {
    read()
    const found = await patiently(() => getRaw(source.db, [...pending.values()]))
    pending.clear()
    return copyItems(source, destination, known, found, options)
  }

  const pass: Copier['pass'] = async () => {
    read()
    const isStatement = needsPass
    pending.clear() // the pass reads them
    needsPass = false
    const result = await copyPass(source, destination, known, options)
    read()
    // The first pass finds what was there before anything was captured.
    const isExplained = [...result.changed].every(([id, texts]) =>
      [...texts].every(text => explained.has(`${id} ${text}`)),
    )
    if (passes > 0 && !isExplained && !isStatement && !needsPass) keys = undefined
    passes++
    passMs = result.ms
    return result
  }

  const finishWith = async (
    writes: CapturedKeys,
    drained: Promise<unknown>,
  ): Promise<Changed | undefined> => {
    const changed = createUnion()
    let isWaiting = true
    const waiting = drained.finally(() => {
      isWaiting = false
    })
    waiting.catch(() => {}) // awaited below
    for (; isWaiting; await sleep(POLL_MS)) changed.add((await copyPending()).changed)
    await waiting
    changed.add((await copyPending()).changed)
    const open = uniqueKeys(writes.openKeys())
    const found = await getRawAtOnce(source.db, open).catch((error: unknown) => {
      if (error instanceof ShopError) return undefined // too many of them
      throw error
    })
    if (!found || needsPass) return undefined
    changed.add((await copyItems(source, destination, known, found, options)).changed)
    return changed.all
  }

  const finishByPasses = async (drained: Promise<unknown>): Promise<Changed> => {
    await drained
    const changed = createUnion()
    for (let count = 0; count < MAX_PASSES_IN_PAUSE; count++) {
      const result = await copyPass(source, destination, known, options)
      changed.add(result.changed)
      if (result.written + result.deleted === 0) return changed.all
    }
    throw new MoveError(
      `${source.name} is written to by a program that does not obey the write fence: stop it, and try again`,
    )
  }

  return {
    pass,
    catchUp: async () => {
      for (let round = 0; keys && !needsPass && round < MAX_ROUNDS; round++) {
        const { items, ms } = await copyPending()
        roundMs = ms
        if (items <= FEW_KEYS) break
      }
      return !keys || !needsPass
    },
    // With as much to change in the pause as before it, the passes in it are two.
    expectedPauseMs: () => SHORTEST_PAUSE_MS + (keys ? roundMs : 2 * passMs),
    readsAll: () => keys === undefined,
    finish: drained => (keys ? finishWith(keys, drained) : finishByPasses(drained)),
  }
}

const createUnion = () => {
  const all = new Map<TableId, Set<string>>(TABLE_IDS.map(id => [id, new Set()]))
  const add = (changed: Changed): void => {
    for (const [id, texts] of changed) for (const text of texts) all.get(id)?.add(text)
  }
  return { all, add }
}
