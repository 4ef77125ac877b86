/** Endpoints of sign-in with Amazon Cognito (single sign-on), where the shop is set up for it. */
import * as z from 'zod'
import { line } from '../../core/text.ts'
import { endpoint } from '../../http/endpoint.ts'
import { MINUTE, type RateLimit } from '../../http/rate-limits.ts'
import { ASKS_OWNER, OWNER_ERRORS, OwnerBody, OwnerPassword } from '../owner-endpoints.ts'

const SIGN_IN_LIMITS: readonly RateLimit[] = [
  { per: 'ip', max: 50, seconds: 15 * MINUTE, counter: 'cognito' },
]

const base = { method: 'POST', cache: 'private', path: '/api/auth/sign-in/cognito' } as const

const Next = line(500).optional().describe('A path of the shop, returned when the sign-in is finished.')
const CognitoAddress = z.object({ url: z.string() }).meta({ id: 'CognitoAddress' })

export const cognitoState = endpoint({
  ...base,
  method: 'GET',
  id: 'cognitoState',
  summary: 'Get whether sign-in with Cognito is available, and whether the caller’s account is linked to it',
  access: 'anyone',
  status: 200,
  reply: z.object({ available: z.boolean(), linked: z.boolean() }).meta({ id: 'CognitoState' }),
  errors: [],
})

export const beginCognito = endpoint({
  ...base,
  id: 'beginCognito',
  summary: 'Get the URL of Cognito’s sign-in page, which returns to /sign-in/cognito within 10 minutes',
  access: 'anyone',
  limits: SIGN_IN_LIMITS,
  body: z
    .strictObject({
      again: z
        .boolean()
        .optional()
        .describe('Ask for the password at Cognito even where it remembers the browser.'),
      next: Next,
    })
    .meta({ id: 'BeginCognito' }),
  status: 200,
  reply: CognitoAddress,
  errors: ['not_found', 'identity_provider_unavailable'],
})

export const linkCognito = endpoint({
  ...base,
  ...ASKS_OWNER,
  id: 'linkCognito',
  path: '/api/auth/sign-in/cognito/link',
  summary: 'Get the URL of Cognito’s sign-in page that links the caller’s account, within 10 minutes',
  body: z.strictObject({ password: OwnerPassword, next: Next }).meta({ id: 'LinkCognito' }),
  status: 200,
  reply: CognitoAddress,
  errors: [...OWNER_ERRORS, 'not_found', 'identity_provider_unavailable'],
})

export const finishCognito = endpoint({
  ...base,
  path: '/api/auth/sign-in/cognito/finish',
  id: 'finishCognito',
  summary: 'Finish a sign-in with Cognito: signs in, or links the account, once',
  access: 'anyone',
  limits: SIGN_IN_LIMITS,
  body: z
    .strictObject({
      state: z.string().min(1).max(200),
      code: z.string().min(1).max(2_000).optional().describe('Absent when the sign-in at Cognito failed.'),
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
  summary: 'Unlink the account from Cognito',
  ...ASKS_OWNER,
  body: OwnerBody,
  status: 204,
  errors: OWNER_ERRORS,
})
