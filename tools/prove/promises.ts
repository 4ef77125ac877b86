/** Every promise, in order. */
import { accountPromises } from './accounts.ts'
import { cartPromises } from './carts.ts'
import { crashPromises } from './crash.ts'
import { erasurePromises } from './erasure.ts'
import { expiryPromises } from './expiry.ts'
import { hostilePromises } from './hostile.ts'
import { keyPromises } from './keys.ts'
import { oldDataPromises } from './old-data.ts'
import { loadPromises } from './overload.ts'
import { parityPromises } from './parity.ts'
import { pricePromises } from './prices.ts'
import type { Promised } from './run.ts'
import { stockPromises } from './stock.ts'
import { storePromises } from './store.ts'
import { strangerPromises } from './strangers.ts'
import { suitePromises } from './suite.ts'

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
