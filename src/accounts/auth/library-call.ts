/** Calls to the sign-in library: its cookies go into our answer, its refusals become ours. */
import { ShopError } from '../../core/errors.ts'

/** How long the codes of an account are refused after too many wrong ones. */
export const LOCKED_SECONDS = 900

type Refused = {
  readonly status: string
  readonly code: ConstructorParameters<typeof ShopError>[0]
  readonly detail: string
  readonly extra?: Readonly<Record<string, unknown>>
}

const startAgain: Omit<Refused, 'status'> = {
  code: 'sign_in_failed',
  detail: 'This sign-in has taken too long or was ended. Please sign in again.',
}
const wrongCode: Omit<Refused, 'status'> = {
  code: 'code_wrong',
  detail: 'This code is wrong, or has been used.',
}
const tooMany: Omit<Refused, 'status'> = {
  code: 'too_many_requests',
  detail: 'Too many wrong codes. Please try again in a quarter of an hour.',
  extra: { retry_after: LOCKED_SECONDS },
}

/** What the library's codes mean to a shopper. */
const MEANING: Readonly<Record<string, Omit<Refused, 'status'>>> = {
  INVALID_EMAIL_OR_PASSWORD: {
    code: 'sign_in_failed',
    detail: 'There is no account with this address and password.',
  },
  EMAIL_NOT_VERIFIED: {
    code: 'email_not_verified',
    detail: 'Please confirm your address first, with the link in the mail that we have sent you.',
  },
  ACCOUNT_DISABLED: { code: 'account_disabled', detail: 'This account is closed.' },
  INVALID_PASSWORD: { code: 'password_wrong', detail: 'This is not the password of your account.' },
  CREDENTIAL_ACCOUNT_NOT_FOUND: { code: 'password_wrong', detail: 'Your account has no password yet.' },
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  INVALID_TWO_FACTOR_COOKIE: startAgain,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: startAgain,
  ACCOUNT_TEMPORARILY_LOCKED: tooMany,
  TOTP_ALREADY_ENABLED: {
    code: 'second_factor_set',
    detail: 'Your account has an authenticator app already.',
  },
  TOTP_NOT_ENABLED: { code: 'second_factor_unset', detail: 'Your account has no authenticator app.' },
  TWO_FACTOR_NOT_ENABLED: { code: 'second_factor_unset', detail: 'Your account has no authenticator app.' },
  BACKUP_CODES_NOT_ENABLED: { code: 'second_factor_unset', detail: 'Your account has no recovery codes.' },
  UNAUTHORIZED: { code: 'not_signed_in', detail: 'Please sign in first.' },
  SESSION_EXPIRED: { code: 'not_signed_in', detail: 'Please sign in first.' },
  CHALLENGE_NOT_FOUND: { code: 'passkey_refused', detail: 'This took too long. Please try again.' },
  PASSKEY_NOT_FOUND: { code: 'sign_in_failed', detail: 'This passkey is not known here.' },
  AUTHENTICATION_FAILED: { code: 'sign_in_failed', detail: 'This passkey was not accepted.' },
  FAILED_TO_VERIFY_REGISTRATION: { code: 'passkey_refused', detail: 'This passkey was not accepted.' },
  YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: {
    code: 'passkey_refused',
    detail: 'This passkey was asked for by another account.',
  },
  PREVIOUSLY_REGISTERED: { code: 'passkey_refused', detail: 'This passkey is known already.' },
}

export type CallContext = {
  /** The request's Cookie header. */
  readonly cookie: string | undefined
  readonly userAgent: string | undefined
  /** Where the library reads the origin that a passkey was made for. */
  readonly origin: string
  /** Takes a Set-Cookie header of the answer. */
  readonly setCookie: (header: string) => void
}

/** The headers that the library may see: nothing by which it could be told another address or origin. */
export const headersOf = ({ cookie, userAgent, origin }: CallContext): Headers => {
  const headers = new Headers({ origin })
  if (cookie !== undefined) headers.set('cookie', cookie)
  if (userAgent !== undefined) headers.set('user-agent', userAgent)
  return headers
}

/** The library's answer, its cookies handed on. Throws the ShopError of what it refused, and its own error where that is unknown. */
export const unwrap = async <T>(calling: CallContext, answering: Promise<Response>): Promise<T> => {
  const response = await answering
  for (const header of response.headers.getSetCookie()) calling.setCookie(header)
  const body = (await response.json().catch(() => ({}))) as { code?: string; message?: string }
  if (response.ok) return body as T
  const meaning = MEANING[body.code ?? ''] ?? (response.status === 401 ? MEANING.UNAUTHORIZED : undefined)
  if (!meaning) throw new Error(`the sign-in library answers ${response.status} ${body.code} ${body.message}`)
  throw new ShopError(meaning.code, meaning.detail, meaning.extra)
}
