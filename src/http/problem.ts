/** Error responses: RFC 9457 problem documents with a code from the closed list. */

import * as z from 'zod'
import { type ErrorCode, errorCodes, errorStatus, ShopError } from '../core/errors.ts'
import { standardHeaders } from '../core/request.ts'
import { truncate } from '../core/truncate.ts'

export const Problem = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    errors: z
      .array(z.object({ where: z.string(), message: z.string() }))
      .optional()
      .describe('For invalid_request: each invalid field and what is expected.'),
    retry_after: z.int().optional().describe('For too_many_requests: seconds, as in Retry-After.'),
  })
  .meta({ id: 'Problem' })

const toTitle = (code: ErrorCode): string => {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, string>> = {
  store_busy: '1',
  identity_provider_unavailable: '5',
  store_unavailable: '2',
  index_not_ready: '2',
  writes_paused: '2',
  shop_moving: '10',
  reports_unavailable: '10',
  payment_unavailable: '5',
  maintenance: '300',
  // Lasts until the function has more memory.
  index_too_large: '3600',
}

export const problem = ({ code, message, extra }: ShopError): Response => {
  const status = errorStatus[code]
  const body = { ...extra, type: 'about:blank', title: toTitle(code), status, code, detail: message }
  const retryAfter = extra.retry_after === undefined ? RETRY_AFTER_SECONDS[code] : String(extra.retry_after)
  // All headers at once: load shedding then costs half of what it costs when headers are changed afterwards.
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    ...standardHeaders(),
  }
  return new Response(JSON.stringify(body), { status, headers })
}

const MAX_ISSUES = 20

/** The issues that zod found, as invalid_request: where (`body.quantity`) and what is expected. */
export const invalidRequest = (part: string, error: z.ZodError): ShopError => {
  const errors = error.issues.slice(0, MAX_ISSUES).map(issue => ({
    where: truncate([part, ...issue.path.map(String)].join('.'), 200),
    message: truncate(issue.message, 200),
  }))
  const [first] = errors
  return new ShopError(
    'invalid_request',
    first ? `${first.where}: ${first.message}` : 'The request must match the schema of the endpoint.',
    {
      errors,
    },
  )
}
