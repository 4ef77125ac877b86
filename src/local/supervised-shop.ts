/**
 * The shop of `npm start` under supervision. An error that nobody handled leaves the state of the process uncertain, so the shop
 * finishes what it is doing and starts again in the same process: a laptop has nobody else who would start it.
 */
import type { Settings } from '../composition/settings.ts'
import type { Log } from '../core/log/log.ts'
import { ShopMoved, settingsAfterMove } from './moved-shop.ts'
import { type LocalShop, startShop } from './start.ts'

/** Restarts within a minute, after which an error ends the process: it would come back each time. */
const MAX_RESTARTS = 3
const WITHIN_MS = 60_000

export type SupervisedShop = {
  /** Resolves when the first start has succeeded; rejects with its error. */
  readonly started: Promise<unknown>
  /** Logs `error` and restarts the shop; false when it has been restarted too often. Never rejects, unless the new start fails. */
  readonly recover: (error: unknown) => Promise<boolean>
  /** Resolves with the reason when the shop cannot go on: its data folder is gone. */
  readonly lost: Promise<Error>
  /** Graceful shutdown, also during a start. */
  readonly stop: () => Promise<void>
}

export const superviseShop = (given: Settings, log: Log, startAt = startShop): SupervisedShop => {
  let settings = given

  /** Starts the shop where it is: a move may have been made since the settings were written. */
  const start = async (): Promise<LocalShop> => {
    try {
      return await startAt(settings, log)
    } catch (error) {
      const next = error instanceof ShopMoved ? settingsAfterMove(settings, error.to) : undefined
      if (!next) throw error
      log.event('shop', `${error instanceof Error ? error.message : ''}. Starting with it now`)
      settings = next
      return startAt(settings, log)
    }
  }

  let shop: Promise<LocalShop> = start()
  let restarts: number[] = []
  let isStopping = false
  const lost = Promise.withResolvers<Error>()
  let restarting: Promise<unknown> | undefined

  const restart = async (): Promise<void> => {
    const running = await shop
    await running.stop()
    if (isStopping) return
    shop = start()
    follow(shop)
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

  /** Goes on with the new database when the shop has moved. */
  const follow = (running: Promise<LocalShop>): void => {
    const restartThere = async (): Promise<void> => {
      // A start that failed is reported by whoever waits for it.
      const to = await (await running.catch(() => undefined))?.moved
      if (to === undefined || isStopping || restarting !== undefined) return
      const hint = new ShopMoved(to).message
      if (!settingsAfterMove(settings, to))
        return log.event('shop', `${hint}: this process shows what it had`)
      log.event('shop', `${hint}. Restarting with it …`)
      restarting = restart()
      await restarting.finally(() => {
        restarting = undefined
      })
    }
    restartThere().catch(error => (isStopping ? undefined : recover(error)))
    running.then(
      one => one.lost?.then(lost.resolve),
      () => {},
    )
  }
  follow(shop)

  const stop = async (): Promise<void> => {
    isStopping = true
    await restarting?.catch(() => {}) // `recover` rejects with it
    const running = await shop
    await running.stop()
  }

  return { started: shop, recover, lost: lost.promise, stop }
}
