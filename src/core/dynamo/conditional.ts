/** Outcome of conditional writes as a value, where a failed condition is not an error: another process was faster. */
import { TransactionRefused } from './write.ts'

/** What refused the writes; undefined when they were carried out. Rejects with any other error. */
export const rejectionOf = async (writing: Promise<unknown>): Promise<TransactionRefused | undefined> => {
  try {
    await writing
    return undefined
  } catch (error) {
    if (error instanceof TransactionRefused) return error
    throw error
  }
}

/** True when the writes were carried out, false when a condition of theirs failed. Rejects with any other error. */
export const wasApplied = async (writing: Promise<unknown>): Promise<boolean> =>
  (await rejectionOf(writing)) === undefined
