/** What everything stands on that the shop is taken apart into: settings, the way to the store, who calls and how often. */
import { hkdfSync } from 'node:crypto'
import { createKnownDevices } from '../accounts/known-devices.ts'
import { createSessionStore } from '../accounts/sessions.ts'
import type { Log } from '../core/log/log.ts'
import { createLimiter } from '../core/rate-limit/limiter.ts'
import { createCursorSeal } from '../http/cursor.ts'
import type { createDatabase, Settings } from './settings.ts'

type Store = ReturnType<typeof createDatabase>

export type BaseContext = ReturnType<typeof createBaseContext>

/** What everything stands on, whatever it does: the settings, and the way to the store. and the log. */
export const createBaseContext = (
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
    devices: createKnownDevices(db, names, { https, now }),
  }
}

export type AppContext = ReturnType<typeof createAppContext>

/** What every application needs, whichever endpoints it has: who calls, and how often. `secret` is the shop's. */
export const createAppContext = (base: BaseContext, secret: string) => {
  const { db, names, now, publicUrl } = base
  const authSecret = derivedSecret(secret, 'auth')
  const https = publicUrl.startsWith('https:')
  const sessions = createSessionStore(db, names, { secret: authSecret, https, now })
  return {
    ...base,
    authSecret,
    sessions,
    staffRole: sessions.staffRole,
    cursors: createCursorSeal(secret),
    limiter: createLimiter(db, names.control, secret, now),
  }
}

/** A key of its own for each purpose, from the shop's one secret. */
const derivedSecret = (secret: string, purpose: string): string =>
  Buffer.from(hkdfSync('sha256', secret, '', `cloudshelf ${purpose}`, 32)).toString('base64url')
