/** Contexts that every function of the shop shares: settings, database, log and clock; and with the secret, sessions and rate limits. */
import { hkdfSync } from 'node:crypto'
import { createKnownDevices, type KnownDevices } from '../accounts/known-devices.ts'
import { createSessionStore } from '../accounts/sessions.ts'
import type { Currency } from '../core/currency.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Log } from '../core/log/log.ts'
import { createLimiter, type Limiter } from '../core/rate-limit/limiter.ts'
import type { ShopProfile } from '../core/shop-profile.ts'
import { createUnreadableRows, type UnreadableRows } from '../core/unreadable-rows.ts'
import { type CursorSeal, createCursorSeal } from '../http/cursor.ts'
import type { SessionStore } from '../http/identity.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { Settings } from './settings.ts'

/** What everything needs, workers without HTTP too. */
export type BaseContext = {
  readonly settings: Settings
  readonly db: Dynamo
  readonly names: TableNames
  readonly publicUrl: string
  readonly currency: Currency
  readonly shop: ShopProfile
  readonly unreadable: UnreadableRows
  readonly log: Log
  /** Logs an error that no caller handles. */
  readonly report: (error: unknown) => void
  readonly now: () => Date
  readonly devices: KnownDevices
}

export const createBaseContext = (
  settings: Settings,
  { db, log, now = () => new Date() }: Pick<BaseContext, 'db' | 'log'> & { readonly now?: () => Date },
): BaseContext => {
  const { names, publicUrl, currency, shop } = settings
  const https = publicUrl.startsWith('https:')
  const devices = createKnownDevices(db, names, { https, now })
  const unreadable = createUnreadableRows(log)
  return {
    settings,
    db,
    names,
    publicUrl,
    currency,
    shop,
    unreadable,
    log,
    report: log.failure,
    now,
    devices,
  }
}

/** What every HTTP application needs, whichever endpoints it has. */
export type AppContext = BaseContext & {
  /** Signs session cookies, and encrypts the seeds of authenticator apps. */
  readonly authSecret: string
  readonly sessions: SessionStore
  readonly staffRole: SessionStore['staffRole']
  readonly cursors: CursorSeal
  readonly limiter: Limiter
}

/** The base context with what depends on `secret`, the shop's one secret. */
export const createAppContext = (base: BaseContext, secret: string): AppContext => {
  const { db, names, now, publicUrl } = base
  const authSecret = deriveSecret(secret, 'auth')
  const https = publicUrl.startsWith('https:')
  const sessions = createSessionStore(base, { secret: authSecret, https, now })
  return {
    ...base,
    authSecret,
    sessions,
    staffRole: sessions.staffRole,
    cursors: createCursorSeal(secret),
    limiter: createLimiter(db, names.control, secret, now),
  }
}

/** A key for one purpose, derived from the shop's secret (HKDF, RFC 5869), so that no two purposes share a key. */
const deriveSecret = (secret: string, purpose: string): string =>
  Buffer.from(hkdfSync('sha256', secret, '', `cloudshelf ${purpose}`, 32)).toString('base64url')
