/** The endpoints of signing up and in, as data. */
import * as z from 'zod'
import { line } from '../core/text.ts'
import { endpoint } from '../http/endpoint.ts'
import { HOUR, MINUTE, type RateLimit } from '../http/rate-limits.ts'
import { Email } from './email.ts'
import { Password, TypedPassword } from './schema.ts'

const Token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, { error: 'is no token of a link' })
  .describe('From the link in the mail.')

export const Sent = z
  .object({ detail: z.string().describe('The same for known and unknown addresses.') })
  .meta({ id: 'MailSent' })
const LinkToken = z.strictObject({ token: Token }).meta({ id: 'LinkToken' })
const Address = z.strictObject({ email: Email }).meta({ id: 'EmailAddress' })

export const SignedIn = z
  .object({
    second_factor: z
      .boolean()
      .describe('Whether a code must follow: then nobody is signed in until it has been sent.'),
  })
  .meta({ id: 'SignedIn' })

export const SessionView = z
  .object({
    session_id: z.string(),
    current: z.boolean(),
    created_at: z.string(),
    last_used_at: z.string(),
    user_agent: z.string().optional(),
    second_factor: z.boolean(),
  })
  .meta({ id: 'Session' })

/** Who the caller is, for the pages' header. */
export const WhoAmI = z
  .object({
    signed_in: z.boolean(),
    email: z.string().optional(),
    first_name: z.string().optional(),
    role: z.enum(['customer', 'staff', 'admin']).optional(),
    second_factor: z.boolean().optional().describe('Whether this session showed a second factor.'),
  })
  .meta({ id: 'WhoAmI' })

/** Mails to one address, and how many of them one network may cause. */
export const MAILS_PER_EMAIL: RateLimit = { per: ['email'], max: 3, seconds: HOUR }
const MAILS: readonly RateLimit[] = [MAILS_PER_EMAIL, { per: 'source', max: 20, seconds: HOUR }]
const LINKS: readonly RateLimit[] = [{ per: 'source', max: 60, seconds: HOUR, counter: 'links' }]
/** Whoever has the session of another may still not guess at the password. */
export const PASSWORD_LIMITS: readonly RateLimit[] = [
  { per: 'account', max: 10, seconds: 15 * MINUTE, counter: 'password-again' },
  { per: 'source', max: 100, seconds: 15 * MINUTE, counter: 'password-again' },
]

const base = { method: 'POST', cache: 'private' } as const

export const signUp = endpoint({
  ...base,
  id: 'signUp',
  path: '/api/auth/sign-up',
  summary: 'Open an account; a mail with a link confirms the address',
  access: 'anyone',
  limits: [
    { per: 'source', max: 20, seconds: HOUR },
    { per: ['email'], max: 5, seconds: HOUR },
  ],
  body: z
    .strictObject({
      email: Email,
      password: Password,
      first_name: line(100).optional(),
      last_name: line(100).optional(),
    })
    .meta({ id: 'SignUp' }),
  status: 202,
  reply: Sent,
  errors: ['password_refused'],
})

export const verifyEmail = endpoint({
  ...base,
  id: 'verifyEmail',
  path: '/api/auth/verify-email',
  summary:
    'Confirm the address that a link was mailed to, once, within a day, with the password of the account',
  access: 'anyone',
  limits: LINKS,
  body: z.strictObject({ token: Token, password: TypedPassword }).meta({ id: 'VerifyEmail' }),
  status: 204,
  errors: ['link_invalid', 'password_wrong'],
})

export const resendVerification = endpoint({
  ...base,
  id: 'resendVerification',
  path: '/api/auth/verify-email/resend',
  summary: 'Ask for another mail to confirm an address',
  access: 'anyone',
  limits: MAILS,
  body: Address,
  status: 202,
  reply: Sent,
  errors: [],
})

export const signIn = endpoint({
  ...base,
  id: 'signIn',
  path: '/api/auth/sign-in',
  summary: 'Sign in with address and password; the session is a cookie',
  access: 'anyone',
  limits: [
    { per: 'address', max: 10, seconds: 15 * MINUTE },
    { per: 'source', max: 100, seconds: 15 * MINUTE },
  ],
  body: z.strictObject({ email: Email, password: TypedPassword }).meta({ id: 'SignIn' }),
  status: 200,
  reply: SignedIn,
  errors: ['sign_in_failed', 'email_not_verified', 'account_disabled'],
})

export const signOut = endpoint({
  ...base,
  id: 'signOut',
  path: '/api/auth/sign-out',
  summary: 'End this session',
  access: 'anyone',
  status: 204,
  errors: [],
})

export const whoAmI = endpoint({
  ...base,
  method: 'GET',
  id: 'whoAmI',
  path: '/api/auth/session',
  summary: 'Who the caller is',
  access: 'anyone',
  status: 200,
  reply: WhoAmI,
  errors: [],
})

export const forgotPassword = endpoint({
  ...base,
  id: 'forgotPassword',
  path: '/api/auth/password/forgot',
  summary: 'Ask for a mail with a link that sets a new password',
  access: 'anyone',
  limits: MAILS,
  body: Address,
  status: 202,
  reply: Sent,
  errors: [],
})

export const resetPassword = endpoint({
  ...base,
  id: 'resetPassword',
  path: '/api/auth/password/reset',
  summary: 'Set a new password with a mailed link, once, within 30 minutes; all sessions end',
  access: 'anyone',
  limits: LINKS,
  body: z.strictObject({ token: Token, password: Password }).meta({ id: 'ResetPassword' }),
  status: 204,
  errors: ['link_invalid', 'password_refused'],
})

export const changePassword = endpoint({
  ...base,
  id: 'changePassword',
  path: '/api/auth/password/change',
  summary: 'Change the password; all other sessions end, and this one gets a new cookie',
  access: 'account',
  limits: PASSWORD_LIMITS,
  body: z
    .strictObject({ current_password: TypedPassword, password: Password })
    .meta({ id: 'ChangePassword' }),
  status: 204,
  errors: ['password_wrong', 'password_refused'],
})

export const changeEmail = endpoint({
  ...base,
  id: 'changeEmail',
  path: '/api/auth/email/change',
  summary:
    'Ask for another address: a link goes to the new one, and the old one is told when it has been used',
  access: 'account',
  limits: PASSWORD_LIMITS,
  body: z.strictObject({ email: Email, password: TypedPassword }).meta({ id: 'ChangeEmail' }),
  status: 202,
  reply: Sent,
  errors: ['password_wrong'],
})

export const confirmEmail = endpoint({
  ...base,
  id: 'confirmEmail',
  path: '/api/auth/email/confirm',
  summary: 'Take the new address, with the link that was mailed to it, once, within an hour',
  access: 'anyone',
  limits: LINKS,
  body: LinkToken,
  status: 204,
  errors: ['link_invalid'],
})

export const listSessions = endpoint({
  ...base,
  method: 'GET',
  id: 'listSessions',
  path: '/api/auth/sessions',
  summary: 'Where the caller is signed in, the latest first',
  access: 'account',
  status: 200,
  reply: z.object({ items: z.array(SessionView) }).meta({ id: 'Sessions' }),
  errors: [],
})

export const endSession = endpoint({
  ...base,
  method: 'DELETE',
  id: 'endSession',
  path: '/api/auth/sessions/{session_id}',
  summary: 'End one of the caller’s sessions',
  access: 'account',
  params: z.object({ session_id: z.string().min(1).max(100) }),
  status: 204,
  errors: ['session_not_found'],
})

export const endOtherSessions = endpoint({
  ...base,
  method: 'DELETE',
  id: 'endOtherSessions',
  path: '/api/auth/sessions',
  summary: 'End all of the caller’s sessions but this one',
  access: 'account',
  status: 204,
  errors: [],
})
