/** By when a request must have its answer: known to all that works on it, without being handed from one to the next. */
import { AsyncLocalStorage } from 'node:async_hooks'

type Deadline = { at: number }

const current = new AsyncLocalStorage<Deadline>()

/** Runs `work` so that it, and all that it calls, has `ms` milliseconds. What it leaves to be done after its end has no deadline. */
export const withDeadline = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
  const deadline = { at: performance.now() + ms }
  try {
    return await current.run(deadline, work)
  } finally {
    deadline.at = Number.POSITIVE_INFINITY
  }
}

export const hasDeadline = (): boolean => current.getStore() !== undefined

/** Milliseconds; infinite where nobody waits for an answer. */
export const timeLeft = (): number => (current.getStore()?.at ?? Number.POSITIVE_INFINITY) - performance.now()

/** Runs `work` without counting its time, since it is the sender's. */
export const pauseDeadline = async <T>(work: () => Promise<T>): Promise<T> => {
  const deadline = current.getStore()
  if (!deadline) return work()
  const since = performance.now()
  try {
    return await work()
  } finally {
    deadline.at += performance.now() - since
  }
}
