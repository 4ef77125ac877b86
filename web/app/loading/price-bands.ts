/** Price bands of the price facet, with their bounds. */

type PriceBand = { readonly min?: number; readonly max?: number }

const BANDS: Readonly<Record<string, PriceBand>> = {
  'under-10': { max: 9.99 },
  '10-20': { min: 10, max: 19.99 },
  '20-30': { min: 20, max: 29.99 },
  '30-50': { min: 30, max: 49.99 },
  'over-50': { min: 50 },
}

export const findPriceBand = (name: string): PriceBand | undefined => BANDS[name]
