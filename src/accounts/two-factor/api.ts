/** Endpoints of authenticator apps, recovery codes and passkeys. */
import * as z from 'zod'
import { line } from '../../core/text.ts'
import { endpoint } from '../../http/endpoint.ts'
import { MINUTE, type RateLimit } from '../../http/rate-limits.ts'
import { ASKS_OWNER, OWNER_ERRORS, OwnerBody } from '../owner-endpoints.ts'
import { SignedIn } from '../replies.ts'

const Code = z
  .string()
  .regex(/^\d{6}$/, { error: 'must be a code of 6 digits, for example 123456' })
  .describe('From the authenticator app.')
const TotpCode = z.strictObject({ code: Code }).meta({ id: 'TotpCode' })
const RecoveryCode = z.string().trim().min(6).max(40)
const RecoveryCodes = z.array(z.string()).describe('Each replaces a code once. Shown only in this response.')

/** Rate limit of codes per client network; code-attempts.ts limits them per account. */
const CODE_LIMITS: readonly RateLimit[] = [{ per: 'ip', max: 50, seconds: 15 * MINUTE, counter: 'codes' }]

const base = { method: 'POST', cache: 'private' } as const

export const getTotp = endpoint({
  ...base,
  method: 'GET',
  id: 'getTotp',
  path: '/api/auth/two-factor',
  summary: 'Get whether sign-in requires a code from an authenticator app',
  access: 'account',
  status: 200,
  reply: z.object({ enabled: z.boolean() }).meta({ id: 'TwoFactor' }),
  errors: [],
})

export const beginTotp = endpoint({
  ...base,
  id: 'beginTotp',
  path: '/api/auth/two-factor',
  summary: 'Set up an authenticator app; it takes effect once its first code is confirmed',
  ...ASKS_OWNER,
  body: OwnerBody,
  status: 200,
  reply: z
    .object({
      totp_uri: z.string().describe('For the authenticator app, also as a QR code.'),
      recovery_codes: RecoveryCodes,
    })
    .meta({ id: 'TotpEnrolment' }),
  errors: [...OWNER_ERRORS, 'second_factor_set'],
})

export const confirmTotp = endpoint({
  ...base,
  id: 'confirmTotp',
  path: '/api/auth/two-factor/confirm',
  summary: 'Confirm the authenticator app with its first code; this session then counts as signed in with it',
  access: 'account',
  reauthenticate: 'second_factor',
  limits: CODE_LIMITS,
  body: TotpCode,
  status: 204,
  errors: ['code_wrong', 'second_factor_unset', 'second_factor_needed'],
})

export const endTotp = endpoint({
  ...base,
  method: 'DELETE',
  id: 'endTotp',
  path: '/api/auth/two-factor',
  summary: 'Turn off the authenticator app',
  ...ASKS_OWNER,
  body: OwnerBody,
  status: 204,
  errors: OWNER_ERRORS,
})

export const renewRecoveryCodes = endpoint({
  ...base,
  id: 'renewRecoveryCodes',
  path: '/api/auth/two-factor/recovery-codes',
  summary: 'Create new recovery codes; the old ones stop working',
  ...ASKS_OWNER,
  body: OwnerBody,
  status: 200,
  reply: z.object({ recovery_codes: RecoveryCodes }).meta({ id: 'RecoveryCodes' }),
  errors: [...OWNER_ERRORS, 'second_factor_unset'],
})

export const signInWithCode = endpoint({
  ...base,
  id: 'signInWithCode',
  path: '/api/auth/sign-in/code',
  summary: 'Second step of sign-in: send a code from the authenticator app within 10 minutes',
  access: 'anyone',
  limits: CODE_LIMITS,
  body: TotpCode,
  status: 200,
  reply: SignedIn,
  errors: ['code_wrong', 'sign_in_failed'],
})

export const signInWithRecoveryCode = endpoint({
  ...base,
  id: 'signInWithRecoveryCode',
  path: '/api/auth/sign-in/recovery-code',
  summary: 'Second step of sign-in with a recovery code, which can be used once',
  access: 'anyone',
  limits: CODE_LIMITS,
  body: z.strictObject({ code: RecoveryCode }).meta({ id: 'RecoveryCode' }),
  status: 200,
  reply: SignedIn,
  errors: ['code_wrong', 'sign_in_failed'],
})

const WebAuthn = z
  .looseObject({})
  .meta({ id: 'WebAuthn', description: 'In the JSON format of WebAuthn Level 3.' })

export const passkeyOptions = endpoint({
  ...base,
  id: 'passkeyOptions',
  path: '/api/auth/passkeys/options',
  summary: 'Get the options for creating a passkey',
  ...ASKS_OWNER,
  body: OwnerBody,
  status: 200,
  reply: WebAuthn,
  errors: OWNER_ERRORS,
})

export const addPasskey = endpoint({
  ...base,
  id: 'addPasskey',
  path: '/api/auth/passkeys',
  summary: 'Add a passkey that the browser has created with the options asked for before',
  access: 'account',
  reauthenticate: 'second_factor',
  body: z.strictObject({ name: line(100).optional(), response: WebAuthn }).meta({ id: 'AddPasskey' }),
  status: 204,
  errors: ['passkey_refused', 'second_factor_needed'],
})

export const listPasskeys = endpoint({
  ...base,
  method: 'GET',
  id: 'listPasskeys',
  path: '/api/auth/passkeys',
  summary: 'List the caller’s passkeys',
  access: 'account',
  status: 200,
  reply: z
    .object({
      items: z.array(
        z.object({ passkey_id: z.string(), name: z.string().optional(), created_at: z.string().optional() }),
      ),
    })
    .meta({ id: 'Passkeys' }),
  errors: [],
})

export const removePasskey = endpoint({
  ...base,
  method: 'DELETE',
  id: 'removePasskey',
  path: '/api/auth/passkeys/{passkey_id}',
  summary: 'Remove a passkey',
  ...ASKS_OWNER,
  params: z.object({ passkey_id: z.string().min(1).max(100) }),
  body: OwnerBody,
  status: 204,
  errors: [...OWNER_ERRORS, 'passkey_not_found'],
})

export const passkeySignInOptions = endpoint({
  ...base,
  id: 'passkeySignInOptions',
  path: '/api/auth/sign-in/passkey/options',
  summary: 'Get the options for signing in with a passkey',
  access: 'anyone',
  limits: [{ per: 'ip', max: 300, seconds: 15 * MINUTE }],
  status: 200,
  reply: WebAuthn,
  errors: [],
})

export const signInWithPasskey = endpoint({
  ...base,
  id: 'signInWithPasskey',
  path: '/api/auth/sign-in/passkey',
  summary: 'Sign in with a passkey, which counts as two factors',
  access: 'anyone',
  limits: CODE_LIMITS,
  body: z.strictObject({ response: WebAuthn }).meta({ id: 'SignInWithPasskey' }),
  status: 200,
  reply: SignedIn,
  errors: ['sign_in_failed', 'passkey_refused', 'account_disabled'],
})
