/**
 * The sign-in library (better-auth) with the shop's settings: it opens and ends sessions, and implements authenticator apps and
 * passkeys. Only the routes of accounts load it, at the first request that needs it.
 */
import { passkey } from '@better-auth/passkey'
import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { CONTROL_ROWS } from '../../core/control/rows.ts'
import { wasApplied } from '../../core/dynamo/conditional.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import { orShopError } from '../../core/dynamo/write.ts'
import { epochSeconds, newUserId } from '../../core/ids.ts'
import type { ShopProfile } from '../../core/shop-profile.ts'
import type { TableNames } from '../../tables/definitions.ts'
import { hashPassword, verifyPassword } from '../passwords.ts'
import { accountDisabled } from '../problems.ts'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../schema.ts'
import { challengeCookie, SESSION_LIFETIMES, sessionCookie } from '../sessions.ts'
import type { UserTable } from '../table.ts'
import { createAuthAdapter } from './adapter.ts'
import { writeWithNotice } from './library-notices.ts'
import type { AuthRecords } from './records.ts'
import { newRecoveryCodes } from './recovery-codes.ts'

export type AuthDeps = {
  readonly db: Dynamo
  readonly names: TableNames
  readonly users: UserTable
  readonly records: AuthRecords
  /** Signs cookies and encrypts the secrets of second factors. */
  readonly authSecret: string
  readonly publicUrl: string
  /** Its name is what authenticator apps and passkeys show. */
  readonly shop: Pick<ShopProfile, 'name'>
  readonly now: () => Date
}

const TOTP = '/two-factor/verify-totp'
const PASSKEY = '/passkey/verify-authentication'
/** Paths of the library whose sessions begin with a second factor. */
const WITH_SECOND_FACTOR = new Set([TOTP, '/two-factor/verify-backup-code', PASSKEY])
const TWO_FACTOR_MINUTES = 10

const text = { type: 'string', required: false, input: false } as const
const flag = { type: 'boolean', required: false, input: false } as const
const isStaffRole = (role: unknown) => role === 'staff' || role === 'admin'

export type Auth = ReturnType<typeof createAuth>

export const createAuth = ({ db, names, users, records, authSecret, publicUrl, shop, now }: AuthDeps) => {
  /** Writes a session together with `last_login`, so that none is created for an account that is deleted at the same time. */
  const create: AuthRecords['create'] = (model, record) => {
    if (model !== 'session')
      return writeWithNotice({ names, now }, model, notice => records.create(model, record, notice))
    const login = users.update(String(record.userId), { last_login: now().toISOString() })
    return orShopError(
      db.transact([...records.creationWrites(model, record), { ...login, refused: accountDisabled }]),
    )
  }

  const replace: AuthRecords['replace'] = (model, seen, record) =>
    writeWithNotice({ names, now }, model, notice => records.replace(model, seen, record, notice))

  /** Allows a code of an authenticator app only once, against replay (RFC 6238, 5.2). */
  const consumeCode = async (userId: string, code: unknown): Promise<void> => {
    const item = {
      ...CONTROL_ROWS.usedCode.key(userId, String(code)),
      expires_at: epochSeconds(now()) + CONTROL_ROWS.usedCode.ttl,
    }
    const isFirstUse = await wasApplied(
      db.write({
        action: 'Put',
        table: names.control,
        item,
        condition: 'attribute_not_exists(pk) OR expires_at <= :now',
        values: { ':now': epochSeconds(now()) },
      }),
    )
    if (!isFirstUse)
      throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'The code has already been used.' })
  }

  const { hostname, origin, protocol } = new URL(publicUrl)
  const https = protocol === 'https:'
  const cookie = (name: string) => ({ name, attributes: { secure: https, path: '/' } })
  const prefix = https ? '__Host-' : ''
  return betterAuth({
    appName: shop.name,
    baseURL: origin,
    basePath: '/api/auth',
    secret: authSecret,
    database: createAuthAdapter({ ...records, create, replace }),
    telemetry: { enabled: false },
    logger: { disabled: true },
    // The shop has rate limits of its own, which are exact across processes: see http/rate-limits.ts.
    rateLimit: { enabled: false },
    // Accounts are created by sign-up.ts, with their mail and email reservation in one transaction.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      requireEmailVerification: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      // The library counts UTF-16 units; the endpoints limit characters.
      maxPasswordLength: MAX_PASSWORD_LENGTH * 2,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    user: {
      additionalFields: {
        firstName: text,
        lastName: text,
        lastLogin: text,
        accountStatus: text,
        role: text,
      },
    },
    session: {
      expiresIn: SESSION_LIFETIMES.customer.max / 1000,
      disableSessionRefresh: true,
      freshAge: 0,
      additionalFields: { secondFactor: flag, staff: flag, provedAt: text },
    },
    // TTL deletes expired rows.
    verification: { disableCleanup: true, storeIdentifier: 'hashed' },
    advanced: {
      useSecureCookies: false,
      defaultCookieAttributes: { secure: https },
      cookiePrefix: `${prefix}cloudshelf`,
      cookies: {
        session_token: cookie(sessionCookie(https)),
        two_factor: cookie(challengeCookie(https)),
        'better-auth-passkey': cookie(`${prefix}cloudshelf_passkey`),
      },
      ipAddress: { disableIpTracking: true },
      database: { generateId: ({ model }) => (model === 'user' ? newUserId(now()) : crypto.randomUUID()) },
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            const user = (await records.byId('user', session.userId))?.record
            if (user?.accountStatus !== 'active')
              throw new APIError('FORBIDDEN', {
                code: 'ACCOUNT_DISABLED',
                message: 'This account is closed.',
              })
            if (context?.path === TOTP) await consumeCode(session.userId, context.body?.code)
            const staff = isStaffRole(user.role)
            const longest = staff ? SESSION_LIFETIMES.staff.max : SESSION_LIFETIMES.customer.max
            const at = now()
            return {
              data: {
                ...session,
                createdAt: at,
                updatedAt: at,
                expiresAt: new Date(at.getTime() + longest),
                secondFactor: WITH_SECOND_FACTOR.has(context?.path ?? ''),
                ...(context?.path === PASSKEY ? { provedAt: at.toISOString() } : {}),
                staff,
              },
            }
          },
        },
      },
    },
    plugins: [
      twoFactor({
        issuer: shop.name,
        twoFactorCookieMaxAge: TWO_FACTOR_MINUTES * 60,
        // An attacker who guesses codes already has the password: five attempts a challenge, ten in 15 minutes. The library would count
        // an attempt after it has compared the code: two-factor/code-attempts.ts counts before.
        backupCodeOptions: { customBackupCodesGenerate: newRecoveryCodes },
        accountLockout: { enabled: false },
      }),
      passkey({
        rpID: hostname,
        rpName: shop.name,
        origin,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      }),
    ],
  })
}
