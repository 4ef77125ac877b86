/**
 * Request bodies in flight: one budget of bytes for the process, and a time limit for each body, so that neither many bodies nor slow
 * ones take the memory of the shop.
 */
import { ShopError } from '../core/errors.ts'
import { readBody } from './body.ts'
import { storeBusy } from './store-busy.ts'

const BUDGET_BYTES = 32 * 1024 * 1024
/** A body that has been received for so long (ms) makes room for others when the budget is used up. */
const SLOW_AFTER_MS = 1_000
/** Time limit of a body (ms), and the bytes that it may have for each further second. */
const BASE_LIMIT_MS = 10_000
const BYTES_PER_SECOND = 256 * 1024

/** Receives the body of the request that is being worked on. Throws body_too_large, body_too_slow, malformed_request and store_busy. */
export type ReceiveBody = (maxBytes: number) => Promise<Uint8Array>

/** The bodies of one request: `receive` takes their bytes from the budget, `release` gives them back. */
export type BodyHold = {
  readonly receive: (request: Request, maxBytes: number) => Promise<Uint8Array>
  readonly release: () => void
}

export type BodyBudget = {
  readonly hold: () => BodyHold
  /** Bytes of the bodies in flight. */
  readonly used: () => number
}

/** A body that is being received. */
type Incoming = { bytes: number; readonly since: number; readonly end: (why: ShopError) => void }

const tooSlow = () => new ShopError('body_too_slow', 'The body was not received in time.')

const limitOf = (maxBytes: number): number => BASE_LIMIT_MS + (1000 * maxBytes) / BYTES_PER_SECOND

/**
 * A budget of `budget` bytes. Announced bytes count before they are received. What is over the budget is refused, unless enough bodies
 * are slow: those are ended, the largest first, so that nobody can close the shop to others by bodies that never come.
 */
export const createBodyBudget = (budget = BUDGET_BYTES, timeLimit = limitOf): BodyBudget => {
  const receiving = new Set<Incoming>()
  let used = 0

  const give = (body: Incoming): void => {
    used -= body.bytes
    body.bytes = 0
  }

  const makeRoom = (bytes: number): void => {
    if (used + bytes <= budget) return
    const slowSince = performance.now() - SLOW_AFTER_MS
    const slow = [...receiving].filter(one => one.since < slowSince).sort((a, b) => b.bytes - a.bytes)
    for (const one of slow) {
      if (used + bytes <= budget) return
      receiving.delete(one)
      give(one)
      one.end(storeBusy())
    }
    if (used + bytes > budget) throw storeBusy()
  }

  const hold = (): BodyHold => {
    const received: Incoming[] = []
    const receive: BodyHold['receive'] = async (request, maxBytes) => {
      const ended = Promise.withResolvers<never>()
      const body: Incoming = { bytes: 0, since: performance.now(), end: ended.reject }
      const take = (bytes: number): void => {
        if (!receiving.has(body)) throw tooSlow() // it was ended: nothing more of it is kept
        makeRoom(bytes)
        used += bytes
        body.bytes += bytes
      }
      const timer = setTimeout(() => ended.reject(tooSlow()), timeLimit(maxBytes))
      receiving.add(body)
      received.push(body)
      try {
        return await Promise.race([readBody(request, maxBytes, take), ended.promise])
      } finally {
        clearTimeout(timer)
        receiving.delete(body)
      }
    }
    return { receive, release: () => received.forEach(give) }
  }

  return { hold, used: () => used }
}
