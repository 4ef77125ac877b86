/** Every promise, in order. */
import { keyPromises } from './keys.ts'
import { pricePromises } from './prices.ts'
import type { Promised } from './run.ts'
import { stockPromises } from './stock.ts'

export const promises: readonly Promised[] = [...stockPromises, ...keyPromises, ...pricePromises].sort(
  (a, b) => a.number - b.number,
)
