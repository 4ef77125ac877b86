/** The endpoints of signing in by Amazon Cognito, where the shop is set up for it, as data. */
import * as z from 'zod'
import { line } from '../../core/text.ts'
import { endpoint } from '../../http/endpoint.ts'
import { MINUTE, type RateLimit } from '../../http/rate-limits.ts'
import { PASSWORD_LIMITS } from '../api.ts'
import { TypedPassword } from '../schema.ts'

const TRIES: readonly RateLimit[] = [{ per: 'source', max: 50, seconds: 15 * MINUTE, counter: 'cognito' }]

const base = { method: 'POST', cache: 'private', path: '/api/auth/sign-in/cognito' } as const

export const cognitoState = endpoint({
  ...base,
  method: 'GET',
  id: 'cognitoState',
  summary: 'Whether one can sign in by Cognito, and whether the caller’s account is linked to it',
  access: 'anyone',
  status: 200,
  reply: z.object({ available: z.boolean(), linked: z.boolean() }).meta({ id: 'CognitoState' }),
  errors: [],
})

export const beginCognito = endpoint({
  ...base,
  id: 'beginCognito',
  summary: 'Where a browser goes to sign in by Cognito; it comes back to /sign-in/cognito within 10 minutes',
  access: 'anyone',
  limits: TRIES,
  body: z
    .strictObject({
      link: z
        .boolean()
        .optional()
        .describe('Link the caller’s account, instead of signing in to whichever is linked.'),
      next: line(500).optional().describe('A path of the shop, given back at the end.'),
    })
    .meta({ id: 'BeginCognito' }),
  status: 200,
  reply: z.object({ url: z.string() }).meta({ id: 'CognitoAddress' }),
  errors: ['not_found', 'not_signed_in', 'identity_provider_unavailable'],
})

export const finishCognito = endpoint({
  ...base,
  path: '/api/auth/sign-in/cognito/finish',
  id: 'finishCognito',
  summary: 'What Cognito sent the browser back with: signs in, or links the account, once',
  access: 'anyone',
  limits: TRIES,
  body: z
    .strictObject({
      state: z.string().min(1).max(200),
      code: z.string().min(1).max(2_000).optional().describe('Not there when Cognito signed nobody in.'),
    })
    .meta({ id: 'FinishCognito' }),
  status: 200,
  reply: z.object({ linked: z.boolean(), next: z.string().optional() }).meta({ id: 'CognitoDone' }),
  errors: [
    'not_found',
    'sign_in_failed',
    'email_not_verified',
    'account_exists',
    'account_disabled',
    'identity_provider_unavailable',
  ],
})

export const unlinkCognito = endpoint({
  ...base,
  method: 'DELETE',
  id: 'unlinkCognito',
  summary: 'Sign in without Cognito from now on',
  access: 'account',
  limits: PASSWORD_LIMITS,
  body: z.strictObject({ password: TypedPassword }).meta({ id: 'UnlinkCognito' }),
  status: 204,
  errors: ['password_wrong'],
})
