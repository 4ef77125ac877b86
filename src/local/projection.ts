/** Projection of a local shop: follows the journal of its data folder for as long as the shop runs. */
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShopError } from '../core/errors.ts'
import type { Log } from '../core/log/log.ts'
import { isUnavailable, SqlError } from '../core/sql/sql.ts'
import { type EraseDeps, resumeErasures } from '../privacy/erase.ts'
import type { Apply } from '../projection/apply.ts'
import { startFollower } from '../projection/follow.ts'
import type { Follower, ProjectionStatus } from '../projection/follower.ts'
import { OtherShopError } from '../projection/positions.ts'
import { createProjection, type ProjectionGiven } from '../projection/projection.ts'
import type { Position } from './journal/files.ts'
import type { Journal } from './journal/journal.ts'
import { openJournalReader } from './journal/reader.ts'
import { PROJECTION_READER } from './postgres/load.ts'

export type LocalProjection = {
  /** Undefined before the start. */
  readonly status: () => ProjectionStatus | undefined
  /** Applies the keys of an erasure at once; false where PostgreSQL cannot be reached, refuses, or has another shop's data, and the follower applies them later. */
  readonly applied: (keys: Parameters<Apply>[0]) => Promise<boolean>
  readonly start: (deps: EraseDeps) => void
  readonly stop: () => Promise<void>
}

export type FollowOptions = ProjectionGiven & {
  readonly dataDir: string
  readonly log: Pick<Log, 'event' | 'failure'>
  /** Name of the reader of the journal; that of the shop by default. */
  readonly reader?: string
  /** A command does nothing else: it need not rest. */
  readonly isCommand?: boolean
  /** Whether changes are captured no longer than this process runs. */
  readonly endsWithProcess?: boolean
}

export type LocalProjectionOptions = FollowOptions & {
  /** The journal of this process: the segment with the keys of an erasure is ended with it. */
  readonly journal: Pick<Journal, 'beginSegment'>
}

/** Names this run of the machine: of two runs that began within ten minutes another one may be taken for the same outside Linux. */
const machineRun = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `started ${Math.round((Date.now() / 1000 - uptime()) / 600)}`
  }
}

/** Starts a follower of the journal of a data folder. */
export const followJournal = (options: FollowOptions): Follower => {
  const { dataDir, log, reader = PROJECTION_READER, isCommand = false, endsWithProcess = false } = options
  const { controlTable, ...parts } = createProjection(options)
  return startFollower<Position>({
    ...parts,
    log,
    machineRun: machineRun(),
    openReader: from => openJournalReader(dataDir, reader, { endsWithProcess, ...(from && { from }) }),
    // The marker belongs to the shop's own projection.
    ...(reader === PROJECTION_READER && { controlTable }),
    ...(isCommand && { pollMs: 50, restFactor: 0 }),
  })
}

/** A request that erases waits at most so long for PostgreSQL (ms). */
const APPLY_MS = 3_000
const RESUME_MS = 30_000
/** There are no tables yet, and so no rows to erase. */
const NO_TABLE = '42P01'
const NO_SCHEMA = '3F000'

const isLater = (error: unknown): boolean =>
  error instanceof SqlError || error instanceof ShopError || error instanceof OtherShopError

const isEmptyDatabase = (error: unknown): boolean =>
  error instanceof SqlError && (error.state === NO_TABLE || error.state === NO_SCHEMA)

export const createLocalProjection = (options: LocalProjectionOptions): LocalProjection => {
  const { apply } = createProjection(options)
  const stopping = new AbortController()
  const { signal } = stopping
  let follower: Follower | undefined
  let resuming: Promise<void> | undefined
  let isErasurePending = false

  const applied: LocalProjection['applied'] = async keys => {
    const applying = apply(keys).then(
      () => true,
      (error: unknown) => {
        if (isEmptyDatabase(error)) return true
        // Whatever PostgreSQL refuses, the shop goes on, and the erasure is finished later.
        if (!isLater(error)) throw error
        if (!isUnavailable(error)) options.log.failure(error)
        return false
      },
    )
    const late = sleep(APPLY_MS, false, { signal, ref: false }).catch(() => false)
    const isDone = await Promise.race([applying, late])
    applying.catch(options.log.failure) // reported also when nobody waits for it any more
    isErasurePending ||= !isDone
    options.journal.beginSegment()
    return isDone
  }

  /** Completes the erasures that PostgreSQL held up, once it follows again. */
  const resumeLater = async (deps: EraseDeps): Promise<void> => {
    while (!signal.aborted) {
      await sleep(RESUME_MS, undefined, { signal, ref: false }).catch(() => {})
      // What was deleted when PostgreSQL was down is applied by its captured keys first.
      if (signal.aborted || !isErasurePending || !(await follower?.settled(new Date()))) continue
      isErasurePending = false
      await resumeErasures(deps).catch((error: unknown) => {
        isErasurePending = true
        options.log.failure(error)
      })
    }
  }

  return {
    status: () => follower?.status(),
    applied,
    start: deps => {
      follower = followJournal(options)
      resuming = resumeLater(deps)
    },
    stop: async () => {
      stopping.abort()
      await Promise.all([follower?.stop(), resuming])
    },
  }
}
