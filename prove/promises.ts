/** Every promise, in order. */
import { crashPromises } from './crash.ts'
import { keyPromises } from './keys.ts'
import { loadPromises } from './overload.ts'
import { pricePromises } from './prices.ts'
import type { Promised } from './run.ts'
import { stockPromises } from './stock.ts'

export const promises: readonly Promised[] = [
  ...crashPromises,
  ...loadPromises,
  ...stockPromises,
  ...keyPromises,
  ...pricePromises,
].sort((a, b) => a.number - b.number)
