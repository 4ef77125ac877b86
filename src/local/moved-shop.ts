/** A shop on this machine whose database has moved: the process goes on with the new one where that is in reach of this machine. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '../composition/settings.ts'
import { assertShopCurrency, readShopCurrency, type ShopCurrencyDeps } from '../composition/shop-currency.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { readFence } from '../core/fence/fence.ts'
import type { Log } from '../core/log/log.ts'
import { StartError } from './start-error.ts'

/** The shop is not at the database of the settings any more. */
export class ShopMoved extends StartError {
  /** The place, as `cloudshelf move` names it. */
  readonly to: string

  constructor(to: string) {
    super(`the shop has moved to ${to}: ${adviceFor(to)}`)
    this.to = to
  }
}

const adviceFor = (to: string): string =>
  to.startsWith('aws:')
    ? 'it sells there now. `npx cloudshelf move --back` brings it home'
    : to === 'embedded'
      ? 'do not set DYNAMODB_ENDPOINT any more'
      : `set DYNAMODB_ENDPOINT=${to}`

/** Throws ShopMoved where the shop has moved away from this database; otherwise says whether it takes writes. */
export const assertNotMoved = async (db: Pick<Dynamo, 'get'>, controlTable: string): Promise<boolean> => {
  const { state, movedTo } = await readFence(db, controlTable)
  if (state === 'moved' && movedTo !== undefined) throw new ShopMoved(movedTo)
  return state === 'open'
}

/**
 * Checks at the start of a shop that it is still at this database, and in the currency of its data; gives whether the database takes
 * writes. Throws ShopMoved and SettingsError.
 */
export const assertShopHere = async (
  deps: ShopCurrencyDeps & { readonly log: Pick<Log, 'event'> },
): Promise<boolean> => {
  const takesWrites = await assertNotMoved(deps.db, deps.names.control)
  if (!takesWrites) deps.log.event('data', 'the database takes no writes now: the shop shows what it has')
  if (takesWrites || (await readShopCurrency(deps)))
    await assertShopCurrency(deps, { mayChange: takesWrites })
  return takesWrites
}

/** The settings with the database where the shop is now; undefined for AWS, where functions serve it. */
export const settingsAfterMove = (settings: Settings, to: string): Settings | undefined => {
  if (to.startsWith('aws:')) return undefined
  return { ...settings, endpoint: to === 'embedded' ? undefined : to }
}

const POLL_MS = 2_000

/**
 * Resolves with the place when the shop has moved away from this database, which is read every two seconds. `onStop` is given what
 * ends that.
 */
export const watchForMove = (
  db: Pick<Dynamo, 'get'>,
  controlTable: string,
  onStop: (stop: () => Promise<void>) => void,
): Promise<string> => {
  const stopping = new AbortController()
  const { signal } = stopping
  const moved = Promise.withResolvers<string>()
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      // A database that does not respond is reported by those who need it.
      const fence = await readFence(db, controlTable).catch(() => undefined)
      if (fence?.state === 'moved' && fence.movedTo !== undefined) return moved.resolve(fence.movedTo)
    }
  }
  const watching = watch()
  onStop(async () => {
    stopping.abort()
    await watching
  })
  return moved.promise
}
