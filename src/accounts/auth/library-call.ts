/** Calls of the sign-in library: its cookies are added to our response, and its error codes become our problems. */
import { canonicalCookies } from '../../core/cookies.ts'
import { ShopError } from '../../core/errors.ts'
import { signInExpired } from '../problems.ts'

type Refusal = {
  readonly code: ConstructorParameters<typeof ShopError>[0]
  readonly detail: string
  readonly extra?: Readonly<Record<string, unknown>>
}

const signInRefused: Refusal = {
  code: 'sign_in_failed',
  detail:
    'The email or password is incorrect, or you have not confirmed your email yet: use the link in the email that we sent you.',
}
const expired: Refusal = {
  code: 'sign_in_failed',
  detail: signInExpired().message,
}
const wrongCode: Refusal = {
  code: 'code_wrong',
  detail: 'The code is incorrect or has already been used.',
}

/** Our problem for each error code of the library. */
const PROBLEMS: Readonly<Record<string, Refusal>> = {
  INVALID_EMAIL_OR_PASSWORD: signInRefused,
  // The answer to a wrong password: otherwise a sign-up and a sign-in would tell that the email had no account before.
  EMAIL_NOT_VERIFIED: signInRefused,
  ACCOUNT_DISABLED: { code: 'account_disabled', detail: 'This account is closed.' },
  INVALID_PASSWORD: { code: 'password_wrong', detail: 'The password is incorrect.' },
  CREDENTIAL_ACCOUNT_NOT_FOUND: { code: 'password_wrong', detail: 'Your account has no password yet.' },
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  INVALID_TWO_FACTOR_COOKIE: expired,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: expired,
  TOTP_ALREADY_ENABLED: {
    code: 'second_factor_set',
    detail: 'Your account already has an authenticator app.',
  },
  TOTP_NOT_ENABLED: { code: 'second_factor_unset', detail: 'Your account has no authenticator app.' },
  TWO_FACTOR_NOT_ENABLED: { code: 'second_factor_unset', detail: 'Your account has no authenticator app.' },
  BACKUP_CODES_NOT_ENABLED: { code: 'second_factor_unset', detail: 'Your account has no recovery codes.' },
  UNAUTHORIZED: { code: 'not_signed_in', detail: 'Please sign in first.' },
  SESSION_EXPIRED: { code: 'not_signed_in', detail: 'Please sign in first.' },
  CHALLENGE_NOT_FOUND: { code: 'passkey_refused', detail: 'This took too long. Please try again.' },
  PASSKEY_NOT_FOUND: { code: 'sign_in_failed', detail: 'This passkey is not registered here.' },
  AUTHENTICATION_FAILED: { code: 'sign_in_failed', detail: 'This passkey was not accepted.' },
  FAILED_TO_VERIFY_REGISTRATION: { code: 'passkey_refused', detail: 'This passkey was not accepted.' },
  YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: {
    code: 'passkey_refused',
    detail: 'This passkey was requested by another account.',
  },
  PREVIOUSLY_REGISTERED: { code: 'passkey_refused', detail: 'This passkey is already registered.' },
}

/** For responses without a code. The library responds with 409 where a recovery code of the account was used at the same time. */
const PROBLEMS_BY_STATUS: { readonly [status: number]: Refusal | undefined } = {
  401: PROBLEMS.UNAUTHORIZED,
  409: wrongCode,
}

export type CallContext = {
  /** The request's Cookie header. */
  readonly cookie: string | undefined
  readonly userAgent: string | undefined
  /** From which the library reads the origin that a passkey was created for. */
  readonly origin: string
  /** Adds a Set-Cookie header to the response. */
  readonly setCookie: (header: string) => void
}

/** The headers that the library may see; none from which it could derive another host or origin. */
export const headersOf = ({ cookie, userAgent, origin }: CallContext): Headers => {
  const headers = new Headers({ origin })
  if (cookie !== undefined) headers.set('cookie', canonicalCookies(cookie))
  if (userAgent !== undefined) headers.set('user-agent', userAgent)
  return headers
}

/**
 * The body of the library's response; its cookies are passed on. Throws the ShopError of its error code, and an Error for a
 * code that is not known here.
 */
export const unwrap = async <T>(call: CallContext, responding: Promise<Response>): Promise<T> => {
  const response = await responding
  for (const header of response.headers.getSetCookie()) call.setCookie(header)
  const body = (await response.json().catch(() => ({}))) as { code?: string; message?: string }
  if (response.ok) return body as T
  const refusal = PROBLEMS[body.code ?? ''] ?? PROBLEMS_BY_STATUS[response.status]
  if (!refusal)
    throw new Error(`the sign-in library responded with ${response.status} ${body.code} ${body.message}`)
  throw new ShopError(refusal.code, refusal.detail, refusal.extra)
}
