/** Deadline of a request, for everything that works on it, without being passed as an argument. */
import { AsyncLocalStorage } from 'node:async_hooks'

type Deadline = { at: number }

const current = new AsyncLocalStorage<Deadline>()

/** Runs `work` with a deadline in `ms` milliseconds. Work that it leaves behind in the background has no deadline. */
export const withDeadline = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
  const deadline = { at: performance.now() + ms }
  try {
    return await current.run(deadline, work)
  } finally {
    deadline.at = Number.POSITIVE_INFINITY
  }
}

export const hasDeadline = (): boolean => current.getStore() !== undefined

/** Milliseconds until the deadline; infinite in background work, which has none. */
export const timeLeft = (): number => (current.getStore()?.at ?? Number.POSITIVE_INFINITY) - performance.now()

/** Moves the deadline by the time that `work` takes: it waits for the sender, for example for a request body. */
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
