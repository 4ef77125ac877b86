/** What everything stands on that the shop is taken apart into: settings, the way to the store, who calls and how often. */
import { hkdfSync } from 'node:crypto'
import { openDevices } from '../accounts/known-devices.ts'
import { accountsDoor } from '../accounts/sessions.ts'
import type { Log } from '../core/log/log.ts'
import { openLimiter } from '../core/rate-limit/limiter.ts'
import { cursorSeal } from '../http/cursor.ts'
import type { openStore, Settings } from './settings.ts'

type Store = ReturnType<typeof openStore>

export type Ground = ReturnType<typeof ground>

/** What everything stands on, whatever it does: the settings, and the way to the store. and the log. */
export const ground = (
  settings: Settings,
  given: { readonly db: Store; readonly log: Log; readonly now?: () => Date },
) => {
  const { db, log, now = () => new Date() } = given
  const { names, publicUrl, currency } = settings
  const https = publicUrl.startsWith('https:')
  return {
    settings,
    db,
    names,
    publicUrl,
    currency,
    log,
    report: log.failure,
    now,
    devices: openDevices(db, names, { https, now }),
  }
}

export type Foundation = ReturnType<typeof foundation>

/** What every application needs, whichever endpoints it has: who calls, and how often. `secret` is the shop's. */
export const foundation = (base: Ground, secret: string) => {
  const { db, names, now, publicUrl } = base
  const authSecret = derivedSecret(secret, 'auth')
  const https = publicUrl.startsWith('https:')
  const accounts = accountsDoor(db, names, { secret: authSecret, https, now })
  return {
    ...base,
    authSecret,
    accounts,
    staffRole: accounts.staffRole,
    cursors: cursorSeal(secret),
    limiter: openLimiter(db, names.control, secret, now),
  }
}

/** A key of its own for each purpose, from the shop's one secret. */
const derivedSecret = (secret: string, purpose: string): string =>
  Buffer.from(hkdfSync('sha256', secret, '', `cloudshelf ${purpose}`, 32)).toString('base64url')
