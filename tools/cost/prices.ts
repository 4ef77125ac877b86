/** Dated list of AWS prices in data/, and the cost of a quantity at these prices. */
import * as z from 'zod'
import list from '../../data/aws-prices.json' with { type: 'json' }
import charges from '../../data/standing-charges.json' with { type: 'json' }

const Price = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  what: z.string().min(1),
  /** US dollars for `per` of `unit`. */
  usd: z.number().positive(),
  per: z.int().positive(),
  unit: z.string().min(1),
  /** Monthly free quantity of the whole account, shared by all its stages and shops. */
  free: z
    .strictObject({ quantity: z.number().positive(), lasts: z.enum(['always', '12 months']) })
    .optional(),
  /** Whether it is charged by the month, used or not. */
  standing: z.boolean().optional(),
  source: z.strictObject({ page: z.url(), seen: z.string().min(4), says: z.string().min(1) }),
})
export type Price = z.infer<typeof Price>

export const PriceList = z.strictObject({
  region: z.literal('us-east-1'),
  currency: z.literal('USD'),
  asOf: z.iso.date(),
  note: z.string(),
  prices: z.array(Price),
})

const StandingCharge = z.strictObject({
  price: z.string(),
  count: z.int().positive(),
  what: z.string(),
  /** Option that must be switched on for this charge. */
  option: z.string().optional(),
  /** Whether that option is on unless it is switched off. */
  byDefault: z.boolean().optional(),
})
export type StandingCharge = z.infer<typeof StandingCharge>

const StageCharges = z.array(StandingCharge)
export const StandingCharges = z.strictObject({
  note: z.string(),
  dev: StageCharges,
  staging: StageCharges,
  prod: StageCharges,
})

export const PRICE_LIST = PriceList.parse(list)
export const STANDING_CHARGES = StandingCharges.parse(charges)

export const STAGES = ['dev', 'staging', 'prod'] as const
export type Stage = (typeof STAGES)[number]

/** Finds the price with this id. Throws TypeError if there is none. */
export const findPrice = (id: string): Price => {
  const found = PRICE_LIST.prices.find(price => price.id === id)
  if (!found) throw new TypeError(`data/aws-prices.json has no price ${id}`)
  return found
}

/** A monthly quantity with its list price and free-tier discount in US dollars. */
export type Line = {
  readonly price: Price
  readonly quantity: number
  readonly usd: number
  readonly freeUsd: number
}

export const createLine = (id: string, quantity: number): Line => {
  const price = findPrice(id)
  const costs = (some: number) => (some / price.per) * price.usd
  return {
    price,
    quantity,
    usd: costs(quantity),
    freeUsd: costs(Math.min(quantity, price.free?.quantity ?? 0)),
  }
}

/** Adds up lines: US dollars at list price, and what is left after the free tier. */
export const sumLines = (lines: readonly Line[]): { readonly usd: number; readonly withFreeTier: number } => {
  const usd = lines.reduce((sum, line) => sum + line.usd, 0)
  return { usd, withFreeTier: usd - lines.reduce((sum, line) => sum + line.freeUsd, 0) }
}

/** Options with a standing charge that a stage has unless they are switched off. */
export const listDefaultOptions = (stage: Stage): string[] => [
  ...new Set(
    STANDING_CHARGES[stage].flatMap(({ option, byDefault }) => (option && byDefault ? [option] : [])),
  ),
]

/** Standing charges of a stage for one option; without `option` those that always apply. */
export const createStandingLines = (stage: Stage, option?: string): Line[] =>
  STANDING_CHARGES[stage]
    .filter(one => one.option === option)
    .map(({ price, count }) => createLine(price, count))

export const listOptions = (stage: Stage): string[] => [
  ...new Set(STANDING_CHARGES[stage].flatMap(({ option }) => (option === undefined ? [] : [option]))),
]
