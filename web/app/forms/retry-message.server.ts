/** What a page says of a refusal that only time mends: asked too often, or a storeroom that cannot be reached. */

import { toShopError } from '../loading/page-context.ts'
import { t } from '../texts/texts.ts'

export type RetryMessage = { readonly text: string; readonly status: 429 | 503 }

/** The words and the status for a refusal that the page has no words of its own for. */
export const retryMessageFor = (error: unknown): RetryMessage => {
  const { code, extra } = toShopError(error)
  return code === 'too_many_requests'
    ? { text: t.error.tooMany(Number(extra.retry_after)), status: 429 }
    : { text: t.error.other, status: 503 }
}
