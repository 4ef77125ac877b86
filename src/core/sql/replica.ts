/** Reads of a replica, which fall back to the database that is written to while the replica cannot be reached. */
import { isUnavailable, type Sql } from './sql.ts'

/** How long a replica that could not be reached is left alone (ms): each try of it may take seconds. */
const LEFT_ALONE_MS = 10_000

/**
 * Reads from `replica`, and from `writer` while that is unavailable. `onFallback` is called each time that begins. Both are closed with it. For
 * statements that only read: work of a transaction may run twice.
 */
export const createReplicaSql = (
  { replica, writer }: { readonly replica: Sql; readonly writer: Sql },
  onFallback: (error: unknown) => void,
  now: () => number = () => performance.now(),
): Sql => {
  let leftAloneUntil = 0
  const read = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    if (now() >= leftAloneUntil)
      try {
        return await work(replica)
      } catch (error) {
        if (!isUnavailable(error)) throw error
        leftAloneUntil = now() + LEFT_ALONE_MS
        onFallback(error)
      }
    return await work(writer)
  }
  return {
    query: (text, params) => read(sql => sql.query(text, params)),
    transaction: work => read(sql => sql.transaction(work)),
    close: async () => void (await Promise.all([replica.close(), writer.close()])),
  }
}
