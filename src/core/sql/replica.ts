/**
 * Reads of a replica, which fall back to the database that is written to while the replica cannot be reached, or is held back
 * for too long.
 */
import { isUnavailable, type Sql } from './sql.ts'

/** How long the circuit stays open after the replica could not be reached (ms): each try of it may take seconds. */
const COOLDOWN_MS = 10_000
/** How long what is known about the replica's lag counts (ms). */
const LAG_CHECK_MS = 5_000
/** A replica that is further behind is not read (ms). */
export const MAX_REPLICA_LAG_MS = 30_000

export type ReplicaStatus = {
  /** Where the last statement read. */
  readonly from: 'replica' | 'database'
  /** How far the replica was behind when it was last compared (ms); undefined while that is unknown. */
  readonly lagMs: number | undefined
}

export type ReplicaSql = Sql & { readonly status: () => ReplicaStatus }

export type ReplicaGiven = {
  readonly replica: Sql
  readonly writer: Sql
  /** The moment up to which a database has everything; undefined where it does not say. The lag is the difference of both. */
  readonly moment?: (sql: Sql) => Promise<Date | undefined>
}

/**
 * Reads from `replica`, and from `writer` while that is unavailable or more than MAX_REPLICA_LAG_MS behind. `onFallback` is called each time that
 * begins. Both are closed with it. For statements that only read: work of a transaction may run twice.
 */
export const createReplicaSql = (
  { replica, writer, moment }: ReplicaGiven,
  onFallback: (error: unknown) => void,
  now: () => number = () => performance.now(),
): ReplicaSql => {
  /** Until when the circuit is open: the replica is not tried. */
  let openUntil = 0
  let comparedUntil = 0
  let lagMs: number | undefined
  let from: ReplicaStatus['from'] = 'replica'

  /** Whether the replica is too far behind; compared at most every few seconds. Throws what the replica throws. */
  const isHeldBack = async (): Promise<boolean> => {
    if (moment && now() >= comparedUntil) {
      const wasHeldBack = lagMs !== undefined && lagMs > MAX_REPLICA_LAG_MS
      const [there, here] = await Promise.all([moment(replica), moment(writer).catch(() => undefined)])
      // A database that has nothing is behind one that has something.
      lagMs = here && Math.max(0, here.getTime() - (there?.getTime() ?? 0))
      comparedUntil = now() + LAG_CHECK_MS
      if (!wasHeldBack && lagMs !== undefined && lagMs > MAX_REPLICA_LAG_MS)
        onFallback(new Error(`the replica is ${Math.round(lagMs / 1000)} seconds behind`))
    }
    return lagMs !== undefined && lagMs > MAX_REPLICA_LAG_MS
  }

  const read = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    if (now() >= openUntil)
      try {
        if (!(await isHeldBack())) {
          const result = await work(replica)
          from = 'replica'
          return result
        }
      } catch (error) {
        if (!isUnavailable(error)) throw error
        openUntil = now() + COOLDOWN_MS
        lagMs = undefined
        comparedUntil = 0
        onFallback(error)
      }
    from = 'database'
    return await work(writer)
  }
  return {
    query: (text, params) => read(sql => sql.query(text, params)),
    transaction: (work, options) => read(sql => sql.transaction(work, options)),
    close: async () => void (await Promise.all([replica.close(), writer.close()])),
    status: () => ({ from, lagMs }),
  }
}
