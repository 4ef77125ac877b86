/**
 * Move of a shop from one place to another while it sells.
 *
 * 1. The destination is closed to all but this run (`filling`).
 * 2. Passes copy what differs, until little does; what the destination then holds is read once more.
 * 3. The source is closed (`moving`), and the writes that are under way end. The rest is copied and verified (copier.ts).
 * 4. The source becomes `moved`: one conditional write, which decides the move. It succeeds only where the source has stayed closed since
 *    step 3. Only after it is the destination opened, and only before it can the source be opened again: both never take writes.
 *
 * It may be cut off anywhere. Before step 4 the source opens by itself at the latest when the longest pause is over; the same call then
 * goes on with what differs. After it, the same call opens the destination.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CapturedKeys } from '../core/dynamo/capture.ts'
import { type Fence, readFence, setFence } from '../core/fence/fence.ts'
import { DRAIN_MS } from '../core/fence/write-guard.ts'
import { TABLE_IDS } from '../tables/definitions.ts'
import { type Copier, createCopier } from './copier.ts'
import { type CoverCopier, createCoverCopier } from './covers.ts'
import { beginFilling, prepareTables } from './destination.ts'
import { isAtHome, notAt, openSource } from './fences.ts'
import { compareContents, type Differences, readBack } from './pass.ts'
import { type Contents, MoveError, type Place, readContents } from './place.ts'
import { createWriter, type Writer } from './writer.ts'

export const MOVE_STEPS = [
  'preparing',
  'copying',
  'verifying',
  'pausing',
  'finishing',
  'switching',
  'opening',
  'done',
] as const
export type MoveStep = (typeof MOVE_STEPS)[number]

export type MoveOptions = {
  /** Names the move, at both places, for ever. */
  readonly id: string
  /** The longest time in which the shop takes no writes, in milliseconds; more than 3000. */
  readonly maxPauseMs: number
  readonly onStep?: (step: MoveStep, detail: string) => Promise<void> | void
  /** Called with the items that were looked at in the step. */
  readonly report?: (items: number) => void
}

export type MoveResult = {
  readonly items: number
  readonly passes: number
  readonly covers: { readonly copied: number; readonly lost: number }
  readonly differences: Differences
  /** How long neither place took writes; undefined for a move that was cut off in between. */
  readonly pauseMs: number | undefined
}

/** Passes end when one has changed at most this many items, or after MAX_PASSES. */
const FEW_CHANGES = 200
const MAX_PASSES = 6
const MAX_ATTEMPTS = 3
/** The second pass sees whether all that changes is captured. */
const MIN_PASSES = 2

const NONE: Differences = { missing: 0, differing: 0, extra: 0 }
const total = ({ missing, differing, extra }: Differences): number => missing + differing + extra
const seconds = (ms: number): number => Math.ceil(ms / 1000)

type Run = MoveOptions & {
  readonly source: Place
  readonly destination: Place
  readonly writer: Writer
  readonly covers: CoverCopier
  readonly captured: CapturedKeys | undefined
  readonly step: (step: MoveStep, detail?: string) => Promise<void>
}

const STATEMENTS =
  'a program writes to the source with statements (PartiQL), whose keys are not known: stop it while the shop is moved'
const READS_ALL = '. Another program writes to the source, so all items are read in the pause'

/** Copies while the shop sells, and verifies what the destination holds. */
const copyAll = async (run: Run): Promise<{ copier: Copier; known: Contents; passes: number }> => {
  const { source, destination, writer, covers, captured, step, report = () => {} } = run
  const known = await readContents(destination, report)
  const parts = { source, destination, known, captured, writer, report, onBooks: covers.copy }
  const copier = createCopier(parts)
  for (let passes = 1; ; passes++) {
    const last = await copier.pass()
    const note = captured && copier.readsAll() ? READS_ALL : ''
    await step(
      'copying',
      `pass ${passes}: ${last.written} written, ${last.deleted} deleted of ${last.items}${note}`,
    )
    const isSettled = last.written + last.deleted <= FEW_CHANGES && passes >= MIN_PASSES
    if (!isSettled && passes < MAX_PASSES) continue
    await step('verifying')
    const found = await readContents(destination, report)
    const differences = compareContents(known, found)
    if (total(differences) === 0 && (await copier.catchUp())) return { copier, known, passes }
    // What it holds is not what was written: the next pass puts it right.
    for (const id of TABLE_IDS) {
      known[id].clear()
      for (const [key, mark] of found[id]) known[id].set(key, mark)
    }
    if (passes >= MAX_PASSES)
      throw new MoveError(
        total(differences) > 0
          ? `${destination.name} does not hold what was written to it: ${JSON.stringify(differences)}`
          : STATEMENTS,
      )
  }
}

/** Steps 3 and 4. Undefined where the source was opened again before the switch: what was sold since is to be copied. */
const finish = async (run: Run, open: Fence): Promise<MoveResult | undefined> => {
  const { source, destination, id, maxPauseMs, covers, step } = run
  const { copier, known, passes } = await copyAll(run)
  const expected = copier.expectedPauseMs()
  if (expected > maxPauseMs)
    throw new MoveError(
      `the shop would take no orders for about ${seconds(expected)} s: run it again with --max-pause ${seconds(1.5 * expected)}, at a quiet hour`,
    )
  await step('pausing')
  const since = performance.now()
  const table = source.names.control
  const moving: Fence = { state: 'moving', epoch: open.epoch + 1, owner: id, pauseMs: maxPauseMs }
  const reopen = () => setFence(source.db, table, moving, { ...moving, state: 'open' })
  const failed = new AbortController()
  const reopenAfter = async (error: unknown): Promise<never> => {
    failed.abort() // no step begins after one that failed
    await reopen().catch(() => {}) // it opens by itself
    throw error
  }
  if (!(await setFence(source.db, table, open, moving).catch(reopenAfter))) return undefined
  const countItems = (): number => TABLE_IDS.reduce((sum, one) => sum + known[one].size, 0)
  const copyRest = async (): Promise<boolean> => {
    const drained = sleep(DRAIN_MS, undefined, { signal: failed.signal }).then(() => step('finishing'))
    drained.catch(() => {}) // awaited below
    const changed = await copier.finish(drained)
    await drained
    if (!changed) return false
    const differences = await readBack(destination, known, changed)
    if (total(differences) > 0)
      throw new MoveError(
        `the verification found differences: ${JSON.stringify(differences)}. The shop sells on at ${source.name}`,
      )
    const count = [...changed.values()].reduce((sum, keys) => sum + keys.size, 0)
    await step('switching', `${countItems()} items: ${count} in the pause`)
    return true
  }
  const isCopied = await copyRest().catch(reopenAfter)
  if (!isCopied) {
    await reopen()
    return undefined
  }
  const moved: Fence = { ...moving, state: 'moved', movedTo: destination.name }
  if (!(await setFence(source.db, table, moving, moved))) return undefined
  await openDestination(run, run.writer.fence())
  const pauseMs = Math.round(performance.now() - since)
  return { items: countItems(), passes: passes + 1, covers: covers.counts(), differences: NONE, pauseMs }
}

const openDestination = async (
  { destination, step }: Pick<Run, 'destination' | 'step'>,
  filling: Fence,
): Promise<void> => {
  await step('opening')
  const { db, names, name } = destination
  const { epoch, owner } = filling
  if (!(await setFence(db, names.control, filling, { state: 'open', epoch, owner })))
    throw new MoveError(`another command has changed ${name}: see \`cloudshelf move --status\``)
}

/**
 * Moves the shop, or goes on with a move that was cut off. Throws MoveError; the shop then sells on at the source, unless it has been
 * switched. Only one run of a move may be under way at a time.
 */
export const runMove = async (
  source: Place,
  destination: Place,
  options: MoveOptions,
): Promise<MoveResult> => {
  const { id, onStep } = options
  const step: Run['step'] = async (name, detail = '') => onStep?.(name, detail)
  const before = await readFence(source.db, source.names.control)
  if (before.state === 'moved' && before.owner === id) {
    const filling = await readFence(destination.db, destination.names.control)
    if (filling.owner !== id)
      throw new MoveError(`${destination.name} belongs to another move (${filling.owner})`)
    if (filling.state === 'filling') await openDestination({ destination, step }, filling)
    await step('done')
    return { items: 0, passes: 0, covers: { copied: 0, lost: 0 }, differences: NONE, pauseMs: undefined }
  }
  if (!isAtHome(before, id)) throw notAt(source, before)
  await step('preparing')
  await prepareTables(destination)
  const filling = await beginFilling(destination, id)
  await step('copying')
  const captured = await source.capture?.()
  const run: Run = {
    ...options,
    source,
    destination,
    writer: createWriter(destination, filling),
    captured,
    step,
    covers: createCoverCopier(source, destination),
  }
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const open = await openSource(source, id)
      const result = await finish(run, open)
      if (!result) continue
      await step('done')
      return result
    }
  } finally {
    captured?.unregister()
  }
  throw new MoveError(
    `the pause could not be ended in ${MAX_ATTEMPTS} tries: run it again with a longer --max-pause, and without programs that write with statements (PartiQL)`,
  )
}
