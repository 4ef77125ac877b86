/** The refusal of load shedding: 503 with Retry-After. */
import { ShopError } from '../core/errors.ts'
import { currentRequest } from '../core/request.ts'

/** Marks the current request as shed, so that such requests are logged together, and returns its error. */
export const storeBusy = (): ShopError => {
  const request = currentRequest()
  if (request) request.isShed = true
  return new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')
}
