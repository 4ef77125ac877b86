/** Message for errors that a later retry may resolve: rate limits and an unavailable database. */

import { toShopError } from '../loading/page-context.ts'
import { t } from '../texts/texts.ts'

export type RetryMessage = { readonly text: string; readonly status: 429 | 503 }

/** Text and status for an error without a more specific message. */
export const retryMessageFor = (error: unknown): RetryMessage => {
  const { code, extra } = toShopError(error)
  return code === 'too_many_requests'
    ? { text: t.error.tooMany(Number(extra.retry_after)), status: 429 }
    : { text: t.error.other, status: 503 }
}
