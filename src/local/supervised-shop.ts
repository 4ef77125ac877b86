/**
 * The shop of `npm start` under supervision. An error that nobody handled leaves the state of the process uncertain, so the shop
 * finishes what it is doing and starts again in the same process: a laptop has nobody else who would start it.
 */
import type { Settings } from '../composition/settings.ts'
import type { Log } from '../core/log/log.ts'
import { type LocalShop, startShop } from './start.ts'

/** Restarts within a minute, after which an error ends the process: it would come back each time. */
const MAX_RESTARTS = 3
const WITHIN_MS = 60_000

export type SupervisedShop = {
  /** Resolves when the first start has succeeded; rejects with its error. */
  readonly started: Promise<unknown>
  /** Logs `error` and restarts the shop; false when it has been restarted too often. Never rejects, unless the new start fails. */
  readonly recover: (error: unknown) => Promise<boolean>
  /** Graceful shutdown, also during a start. */
  readonly stop: () => Promise<void>
}

export const superviseShop = (settings: Settings, log: Log, start = startShop): SupervisedShop => {
  let shop: Promise<LocalShop> = start(settings, log)
  let restarts: number[] = []
  let isStopping = false
  let restarting: Promise<unknown> | undefined

  const restart = async (): Promise<void> => {
    const running = await shop
    await running.stop()
    if (isStopping) return
    shop = start(settings, log)
    await shop
  }

  const recover: SupervisedShop['recover'] = async error => {
    log.failure(error)
    // An error of the stop or the start itself, or of a shutdown, is not a reason for another restart.
    if (isStopping || restarting !== undefined) return true
    const now = performance.now()
    restarts = [...restarts.filter(at => at > now - WITHIN_MS), now]
    if (restarts.length > MAX_RESTARTS) return false
    log.event('shop', 'restarting after an error that nothing handled …')
    restarting = restart()
    try {
      await restarting
      return true
    } finally {
      restarting = undefined
    }
  }

  const stop = async (): Promise<void> => {
    isStopping = true
    await restarting?.catch(() => {}) // `recover` rejects with it
    const running = await shop
    await running.stop()
  }

  return { started: shop, recover, stop }
}
