/** Endpoints of sign-up, sign-in, passwords, the email of an account, and its sessions. */
import * as z from 'zod'
import { LinkToken } from '../core/secrets.ts'
import { personName } from '../core/text.ts'
import { endpoint } from '../http/endpoint.ts'
import { HOUR, MINUTE, type RateLimit } from '../http/rate-limits.ts'
import { Email } from './email.ts'
import { ASKS_OWNER, OWNER_ERRORS, OwnerPassword } from './owner-endpoints.ts'
import { ResetPreview, Sent, SessionView, SignedIn, SignInMethods, WhoAmI } from './replies.ts'
import { Password, TypedPassword } from './schema.ts'

const LinkBody = z.strictObject({ token: LinkToken }).meta({ id: 'LinkToken' })
const EmailBody = z.strictObject({ email: Email }).meta({ id: 'EmailAddress' })

/** Rate limits of requests that send a mail: per email, and per client network. */
const MAIL_LIMITS: readonly RateLimit[] = [
  { per: ['email'], max: 3, seconds: HOUR },
  { per: 'ip', max: 20, seconds: HOUR },
]
const LINK_LIMITS: readonly RateLimit[] = [{ per: 'ip', max: 60, seconds: HOUR, counter: 'links' }]

const base = { method: 'POST', cache: 'private' } as const

export const signUp = endpoint({
  ...base,
  id: 'signUp',
  path: '/api/auth/sign-up',
  summary: 'Create an account; a link is sent to verify its email',
  access: 'anyone',
  limits: [
    { per: 'ip', max: 20, seconds: HOUR },
    { per: ['email'], max: 5, seconds: HOUR },
  ],
  body: z
    .strictObject({
      email: Email,
      password: Password,
      first_name: personName(100).optional(),
      last_name: personName(100).optional(),
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
    'Verify the email that a link was sent to, once, within a day, with the password of the account, and sign in',
  access: 'anyone',
  limits: LINK_LIMITS,
  body: z.strictObject({ token: LinkToken, password: TypedPassword }).meta({ id: 'VerifyEmail' }),
  status: 204,
  errors: ['link_invalid', 'password_wrong'],
})

export const resendVerification = endpoint({
  ...base,
  id: 'resendVerification',
  path: '/api/auth/verify-email/resend',
  summary: 'Request another verification email',
  access: 'anyone',
  limits: MAIL_LIMITS,
  body: EmailBody,
  status: 202,
  reply: Sent,
  errors: [],
})

export const signIn = endpoint({
  ...base,
  id: 'signIn',
  path: '/api/auth/sign-in',
  summary:
    'Sign in with email and password; the session is a cookie. An email that is not confirmed yet is refused like a wrong password',
  access: 'anyone',
  limits: [
    { per: 'email', max: 10, seconds: 15 * MINUTE },
    { per: 'ip', max: 100, seconds: 15 * MINUTE },
  ],
  body: z.strictObject({ email: Email, password: TypedPassword }).meta({ id: 'SignIn' }),
  status: 200,
  reply: SignedIn,
  errors: ['sign_in_failed', 'account_disabled'],
})

export const signOut = endpoint({
  ...base,
  id: 'signOut',
  path: '/api/auth/sign-out',
  summary: 'Sign out and end this session',
  access: 'anyone',
  status: 204,
  errors: [],
})

export const whoAmI = endpoint({
  ...base,
  method: 'GET',
  id: 'whoAmI',
  path: '/api/auth/session',
  summary: 'Get the caller’s session',
  access: 'anyone',
  status: 200,
  reply: WhoAmI,
  errors: [],
})

export const forgotPassword = endpoint({
  ...base,
  id: 'forgotPassword',
  path: '/api/auth/password/forgot',
  summary: 'Request an email with a link to reset the password',
  access: 'anyone',
  limits: MAIL_LIMITS,
  body: EmailBody,
  status: 202,
  reply: Sent,
  errors: [],
})

export const resetPassword = endpoint({
  ...base,
  id: 'resetPassword',
  path: '/api/auth/password/reset',
  summary: 'Reset the password with the link from the email, once, within 30 minutes; all sessions end',
  access: 'anyone',
  limits: LINK_LIMITS,
  body: z
    .strictObject({
      token: LinkToken,
      password: Password,
      remove_other_methods: z
        .boolean()
        .default(true)
        .describe(
          'Whether passkeys and linked identities are removed: somebody else may have added them. An authenticator app and the passkeys of staff always stay.',
        ),
    })
    .meta({ id: 'ResetPassword' }),
  status: 204,
  errors: ['link_invalid', 'password_refused'],
})

export const previewReset = endpoint({
  ...base,
  id: 'previewReset',
  path: '/api/auth/password/reset/preview',
  summary:
    'List the other ways to sign in that a reset with this link removes and keeps; the link is not used up',
  access: 'anyone',
  limits: LINK_LIMITS,
  body: LinkBody,
  status: 200,
  reply: ResetPreview,
  errors: ['link_invalid'],
})

export const getSignInMethods = endpoint({
  ...base,
  method: 'GET',
  id: 'getSignInMethods',
  path: '/api/auth/sign-in-methods',
  summary: 'Get how the caller’s account signs in, and what it must send to change that',
  access: 'account',
  status: 200,
  reply: SignInMethods,
  errors: [],
})

export const changePassword = endpoint({
  ...base,
  id: 'changePassword',
  path: '/api/auth/password/change',
  summary:
    'Change the password, or set the first one; all other sessions end, and this one gets a new cookie',
  ...ASKS_OWNER,
  reauthenticate: 'current_password',
  body: z
    .strictObject({ current_password: OwnerPassword, password: Password })
    .meta({ id: 'ChangePassword' }),
  status: 204,
  errors: [...OWNER_ERRORS, 'password_refused'],
})

export const changeEmail = endpoint({
  ...base,
  id: 'changeEmail',
  path: '/api/auth/email/change',
  summary:
    'Request a change of email: a link goes to the new email, and the old one is notified, and again once it is used',
  ...ASKS_OWNER,
  body: z.strictObject({ email: Email, password: OwnerPassword }).meta({ id: 'ChangeEmail' }),
  status: 202,
  reply: Sent,
  errors: OWNER_ERRORS,
})

export const confirmEmail = endpoint({
  ...base,
  id: 'confirmEmail',
  path: '/api/auth/email/confirm',
  summary:
    'Confirm the new email with the link that was sent to it, once, within an hour, signed in to the account that asked for it',
  access: 'account',
  limits: LINK_LIMITS,
  body: LinkBody,
  status: 204,
  errors: ['link_invalid', 'forbidden'],
})

export const listSessions = endpoint({
  ...base,
  method: 'GET',
  id: 'listSessions',
  path: '/api/auth/sessions',
  summary: 'List the caller’s sessions, most recently used first',
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
  summary: 'End one session of the caller',
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
  summary: 'End all sessions of the caller except this one',
  access: 'account',
  status: 204,
  errors: [],
})
