/** Message for errors that a later retry may resolve: rate limits, and a database that is unavailable or takes no writes. */

import { toShopError } from '../loading/page-context.ts'
import { t } from '../texts/texts.ts'

export type RetryMessage = { readonly text: string; readonly status: 429 | 503 }

/** Text and status for an error without a more specific message. */
export const retryMessageFor = (error: unknown): RetryMessage => {
  const { code, extra } = toShopError(error)
  if (code === 'too_many_requests') return { text: t.error.tooMany(Number(extra.retry_after)), status: 429 }
  const text =
    code === 'shop_moving' ? t.error.moving : code === 'writes_paused' ? t.error.paused : t.error.other
  return { text, status: 503 }
}
