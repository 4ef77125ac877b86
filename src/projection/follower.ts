/** What a follower needs and does; follow.ts is how. */
import type { CapturedKey } from '../core/dynamo/capture.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Log } from '../core/log/log.ts'
import type { Apply, ApplyDeps } from './apply.ts'

/** Where captured keys come from, with positions of type `P`: the journal of a data folder (local/journal/reader.ts). */
export type ChangeReader<P> = {
  readonly isNew: boolean
  readonly read: (limit?: number) => {
    readonly keys: readonly CapturedKey[]
    readonly unknown: readonly string[]
    readonly position: P
    readonly openSince: number | undefined
    readonly isAtEnd: boolean
  }
  readonly commit: (position: P) => void
}

export type FollowDeps<P> = ApplyDeps & {
  readonly db: Pick<Dynamo, 'batchGetAll' | 'scan' | 'pages' | 'get' | 'transact'>
  readonly apply: Apply
  /** The control table, which has the marker; without it, tables that were put back from a copy are not noticed. */
  readonly controlTable?: string
  /** Opens the reader, at the position where there is one. */
  readonly openReader: (from: P | undefined) => Promise<ChangeReader<P>>
  /** Names this run of the machine: what it had not written to the disk is lost with a loss of power. */
  readonly machineRun: string
  readonly log: Pick<Log, 'event' | 'failure'>
  /** Least pause between two reads of the journal, 200 ms by default. */
  readonly pollMs?: number
  /** How many times as long as it works it rests, 3 by default; a command of its own need not rest. */
  readonly restFactor?: number
  /** Pauses after failures, one after another; the last one is repeated. 1, 2, 5 and 10 s by default. */
  readonly retryMs?: readonly number[]
}

export type ProjectionState = 'starting' | 'backfill' | 'verifying' | 'following' | 'waiting' | 'refused'

export type ProjectionStatus = {
  readonly state: ProjectionState
  /** Everything that was written before is in PostgreSQL; undefined before the first time. */
  readonly asOf: Date | undefined
  /** Items read by the backfill or the verification that is running. */
  readonly items: number | undefined
  /** Which filling of the projection is followed: it changes when the projection is emptied. */
  readonly generation: string
}

export type Follower = {
  readonly status: () => ProjectionStatus
  /** Waits until what was captured before `since` is applied, at most `ms`; false when it is not. */
  readonly settled: (since: Date, ms?: number) => Promise<boolean>
  /** Finishes the transaction that runs and stops. What is not applied stays in the journal, for the next start. */
  readonly stop: () => Promise<void>
}
