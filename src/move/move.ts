/**
 * Move of a shop from one place to another while it sells.
 *
 * 1. The destination is closed to all but this run (`filling`).
 * 2. Passes copy what differs, until little does; what the destination then holds is read once more.
 * 3. The source is closed (`moving`), and the writes that are under way end. A last pass copies and verifies the rest.
 * 4. The source becomes `moved`: one conditional write, which decides the move. It succeeds only where the source has stayed closed since
 *    step 3. Only after it is the destination opened, and only before it can the source be opened again: both never take writes.
 *
 * It may be cut off anywhere. Before step 4 the source opens by itself at the latest when the longest pause is over; the same call then
 * goes on with what differs. After it, the same call opens the destination.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fence, readFence, setFence } from '../core/fence/fence.ts'
import { DRAIN_MS } from '../core/fence/write-guard.ts'
import { type CoverCopier, createCoverCopier } from './covers.ts'
import { beginFilling, prepareTables } from './destination.ts'
import { compareContents, copyPass, type Differences, type PassResult, readBack } from './pass.ts'
import { type Contents, MoveError, type Place, readContents } from './place.ts'

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
/** What a pause takes beside reading the source once and waiting for the writes that are under way (ms). */
const PAUSE_RESERVE_MS = 1_000

const NONE: Differences = { missing: 0, differing: 0, extra: 0 }
const total = ({ missing, differing, extra }: Differences): number => missing + differing + extra
const seconds = (ms: number): number => Math.ceil(ms / 1000)

type Run = MoveOptions & {
  readonly source: Place
  readonly destination: Place
  /** The fence of the destination as this run has closed it. */
  readonly filling: Fence
  readonly covers: CoverCopier
  readonly step: (step: MoveStep, detail?: string) => Promise<void>
}

const pass = ({ source, destination, filling, covers, report = () => {} }: Run, known: Contents) =>
  copyPass(source, destination, known, { fence: filling, report, onBooks: covers.copy })

/** Copies while the shop sells. Gives what the destination then holds, as read there, and the last pass. */
const copyAll = async (run: Run): Promise<{ known: Contents; last: PassResult; passes: number }> => {
  const { destination, step, report = () => {} } = run
  const known = await readContents(destination, report)
  for (let passes = 1; ; passes++) {
    const last = await pass(run, known)
    await step('copying', `pass ${passes}: ${last.written} written, ${last.deleted} deleted of ${last.items}`)
    if (last.written + last.deleted > FEW_CHANGES && passes < MAX_PASSES) continue
    await step('verifying')
    const found = await readContents(destination, report)
    const differences = compareContents(known, found)
    if (total(differences) === 0) return { known: found, last, passes }
    if (passes >= MAX_PASSES)
      throw new MoveError(
        `${destination.name} does not hold what was written to it: ${JSON.stringify(differences)}`,
      )
  }
}

/** Steps 3 and 4. Undefined where the source was opened again before the switch: what was sold since is to be copied. */
const finish = async (run: Run, open: Fence): Promise<MoveResult | undefined> => {
  const { source, destination, id, maxPauseMs, covers, step } = run
  const { known, last, passes } = await copyAll(run)
  const expected = last.ms + DRAIN_MS + PAUSE_RESERVE_MS
  if (expected > maxPauseMs)
    throw new MoveError(
      `the shop would take no orders for about ${seconds(expected)} s: run it again with --max-pause ${seconds(1.5 * expected)}, at a quiet hour`,
    )
  await step('pausing')
  const since = performance.now()
  const table = source.names.control
  const moving: Fence = { state: 'moving', epoch: open.epoch + 1, owner: id, pauseMs: maxPauseMs }
  if (!(await setFence(source.db, table, open, moving))) return undefined
  const reopen = () => setFence(source.db, table, moving, { ...moving, state: 'open' })
  const copyRest = async (): Promise<PassResult> => {
    await sleep(DRAIN_MS)
    await step('finishing')
    const rest = await pass(run, known)
    const differences = await readBack(destination, known, rest.changed)
    if (total(differences) > 0)
      throw new MoveError(
        `the verification found differences: ${JSON.stringify(differences)}. The shop sells on at ${source.name}`,
      )
    await step('switching', `${rest.items} items: ${rest.written + rest.deleted} in the pause`)
    return rest
  }
  const rest = await copyRest().catch(async (error: unknown) => {
    await reopen()
    throw error
  })
  const moved: Fence = { ...moving, state: 'moved', movedTo: destination.name }
  if (!(await setFence(source.db, table, moving, moved))) return undefined
  await openDestination(run, run.filling)
  const pauseMs = Math.round(performance.now() - since)
  return { items: rest.items, passes: passes + 1, covers: covers.counts(), differences: NONE, pauseMs }
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
  const run: Run = {
    ...options,
    source,
    destination,
    filling,
    step,
    covers: createCoverCopier(source, destination),
  }
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const open = await openSource(source, id)
    const result = await finish(run, open)
    if (!result) continue
    await step('done')
    return result
  }
  throw new MoveError(`the pause was too short ${MAX_ATTEMPTS} times: run it again with a longer --max-pause`)
}

/** Whether the shop sells at this place, or would but for this move. */
const isAtHome = ({ state, owner }: Fence, id: string): boolean =>
  state === 'open' || (state === 'moving' && owner === id)

const notAt = ({ name }: Place, { state, movedTo }: Fence): MoveError =>
  new MoveError(
    state === 'moved'
      ? `the shop is not at ${name}: it has moved to ${movedTo}`
      : `${name} takes no writes now (${state}): try again in a minute`,
  )

/** The fence of the source while it is open; one that a cut-off run of this move has closed is opened again. */
const openSource = async (source: Place, id: string): Promise<Fence> => {
  const { db, names } = source
  const fence = await readFence(db, names.control)
  if (fence.state === 'open') return fence
  const open: Fence = { state: 'open', epoch: fence.epoch, owner: id }
  if (isAtHome(fence, id) && (await setFence(db, names.control, fence, open))) return open
  throw notAt(source, fence)
}

/**
 * Ends a move before the switch: the source sells, and the destination stays closed. Gives back whether the destination could be told;
 * one that is not reachable belongs to this move until it is opened (reopenPlace). Throws MoveError after the switch.
 */
export const abandonMove = async (source: Place, destination: Place, id: string): Promise<boolean> => {
  const fence = await readFence(source.db, source.names.control)
  if (fence.state === 'moved' && fence.owner === id)
    throw new MoveError(
      `the shop has moved to ${destination.name} already: \`cloudshelf move --back\` brings it home`,
    )
  if (fence.state === 'moving' && fence.owner === id) await openSource(source, id)
  const { db, names } = destination
  try {
    const filling = await readFence(db, names.control)
    if (filling.state !== 'filling' || filling.owner !== id) return true
    return await setFence(db, names.control, filling, {
      state: 'filling',
      epoch: filling.epoch + 1,
      owner: '',
    })
  } catch {
    return false
  }
}

/**
 * Opens a place that a move has closed: after an abandoned move, or because the place to which the shop has moved is lost. Whoever calls it
 * knows that the shop sells nowhere else. False where it takes writes already.
 */
export const reopenPlace = async ({ db, names, name }: Place): Promise<boolean> => {
  const fence = await readFence(db, names.control)
  if (fence.state === 'open') return false
  const open: Fence = { state: 'open', epoch: fence.epoch + 1, owner: fence.owner }
  if (!(await setFence(db, names.control, fence, open)))
    throw new MoveError(`another command has changed ${name}: try again`)
  return true
}
