/** Every promise, in order. */

import { strangerPromises } from './account-enumeration.ts'
import { accountPromises } from './accounts.ts'
import { cartPromises } from './carts.ts'
import { crashPromises } from './crash.ts'
import { parityPromises } from './engine-parity.ts'
import { erasurePromises } from './erasure.ts'
import { expiryPromises } from './expiry.ts'
import { oldDataPromises } from './foreign-data.ts'
import { hostilePromises } from './fuzzing.ts'
import type { Promised } from './guarantee.ts'
import { keyPromises } from './idempotency.ts'
import { loadPromises } from './overload.ts'
import { pricePromises } from './prices.ts'
import { stockPromises } from './stock.ts'
import { storePromises } from './store-failures.ts'
import { suitePromises } from './suite-guarantees.ts'

export const promises: readonly Promised[] = [
  ...accountPromises,
  ...cartPromises,
  ...crashPromises,
  ...erasurePromises,
  ...expiryPromises,
  ...strangerPromises,
  ...hostilePromises,
  ...keyPromises,
  ...loadPromises,
  ...oldDataPromises,
  ...parityPromises,
  ...pricePromises,
  ...stockPromises,
  ...storePromises,
  ...suitePromises,
].sort((a, b) => a.number - b.number)
