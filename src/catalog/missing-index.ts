/** What only the index can answer, while there is none: because it is loading, or too large for the memory of the functions. */
import { ShopError } from '../core/errors.ts'
import type { LiveIndex } from './index/live-index.ts'

/** The errors of endpoints that need the index. */
export const INDEX_ERRORS = ['index_not_ready', 'index_too_large'] as const

export const indexMissing = ({ tooLarge }: Pick<LiveIndex, 'tooLarge'>): ShopError =>
  tooLarge
    ? new ShopError(
        'index_too_large',
        'Search is not available in this shop at the moment. Categories and exact titles can be listed.',
      )
    : new ShopError(
        'index_not_ready',
        'Search is starting up. Until then, only categories and exact titles can be listed.',
      )
