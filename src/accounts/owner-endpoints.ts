/** What the endpoints have in common that ask the owner of an account again (`reauthenticate`): access, limits, errors and body. */
import * as z from 'zod'
import { MINUTE, type RateLimit } from '../http/rate-limits.ts'
import { TypedPassword } from './schema.ts'

/** Rate limits of requests that repeat the password, so that a stolen session cannot be used to guess it. */
export const PASSWORD_LIMITS: readonly RateLimit[] = [
  { per: 'account', max: 10, seconds: 15 * MINUTE, counter: 'password-again' },
  { per: 'ip', max: 100, seconds: 15 * MINUTE, counter: 'password-again' },
]

/** Of an endpoint that adds or removes a way into the account, or guards its data: the owner is asked again (`reauthenticate`). */
export const ASKS_OWNER = { access: 'account', reauthenticate: 'password', limits: PASSWORD_LIMITS } as const
/** What an endpoint refuses that asks the owner again. */
export const OWNER_ERRORS = ['password_wrong', 'second_factor_needed', 'reauthentication_needed'] as const
/** The password of an account that has one. */
export const OwnerPassword = TypedPassword.optional().describe(
  'Of the account; left out where it has none, and has signed in with a passkey or single sign-on in the last 5 minutes.',
)
export const OwnerBody = z.strictObject({ password: OwnerPassword }).meta({ id: 'PasswordAgain' })
