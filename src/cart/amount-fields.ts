/** Amounts as fields of JSON objects and table items, where they are decimals: schemas, and conversion from and to minor units. */
import * as z from 'zod'
import type { Currency } from '../core/currency.ts'
import { fromDecimal, toDecimal } from '../core/money.ts'
import { type Adjustment, AMOUNT_LABELS, type Amounts, type PricedAmounts } from './amounts.ts'

const UNIT = 'in units of the currency beside it, with at most the decimals of its minor unit, such as 42.99.'

/** An amount in JSON. */
export const Money = z.number().describe(`An amount ${UNIT}`)

/** An amount in JSON by the name under which people see it. */
const named = (label: string) => Money.describe(`${label}, ${UNIT}`)

const adjustments = <T extends z.ZodType>(amount: T) =>
  z.array(z.object({ id: z.string(), label: z.string(), amount })).optional()

const adjustmentFields = {
  adjustments: adjustments(Money).describe(
    'Discounts (below zero) and charges between subtotal and total. Absent when there are none.',
  ),
}

/** Amounts of a cart in JSON. The specification calls the subtotal of a cart `total_amount`. */
export const cartAmountFields = {
  total_amount: named(AMOUNT_LABELS.subtotal),
  ...adjustmentFields,
  tax: named(AMOUNT_LABELS.tax),
  shipping: named(AMOUNT_LABELS.shipping),
  total: Money.describe(`${AMOUNT_LABELS.total}, which checkout will charge: send it as expected_total.`),
}

/** Amounts of an order in JSON. */
export const orderAmountFields = {
  subtotal: named(AMOUNT_LABELS.subtotal).optional(),
  ...adjustmentFields,
  tax: named(AMOUNT_LABELS.tax).optional(),
  shipping: named(AMOUNT_LABELS.shipping).optional(),
  total: named(AMOUNT_LABELS.total),
}

/** Amounts of an item of the orders table. One that another client wrote may have a total alone. */
export const storedAmountFields = {
  subtotal: z.number().optional().catch(undefined),
  adjustments: adjustments(z.number()).catch(undefined),
  tax: z.number().optional().catch(undefined),
  shipping: z.number().optional().catch(undefined),
  total: z.number(),
}

/** The amounts of an item, in minor units of the currency. */
export const fromAmountFields = (
  { subtotal, adjustments, tax, shipping, total }: Amounts<number>,
  currency: Currency,
): Amounts => {
  const read = (decimal: number | undefined) =>
    decimal === undefined ? undefined : fromDecimal(decimal, currency)
  return {
    subtotal: read(subtotal),
    adjustments: adjustments?.map(one => ({ ...one, amount: fromDecimal(one.amount, currency) })),
    tax: read(tax),
    shipping: read(shipping),
    total: fromDecimal(total, currency),
  }
}

const adjustmentsField = (adjustments: readonly Adjustment[] = [], currency: Currency) =>
  adjustments.length === 0
    ? {}
    : { adjustments: adjustments.map(one => ({ ...one, amount: toDecimal(one.amount, currency) })) }

/** Amounts of an order as fields of its item and of its JSON. What is unknown has no field. */
export const toOrderAmountFields = (
  { subtotal, adjustments, tax, shipping, total }: Amounts,
  currency: Currency,
) => ({
  ...(subtotal === undefined ? {} : { subtotal: toDecimal(subtotal, currency) }),
  ...adjustmentsField(adjustments, currency),
  ...(tax === undefined ? {} : { tax: toDecimal(tax, currency) }),
  ...(shipping === undefined ? {} : { shipping: toDecimal(shipping, currency) }),
  total: toDecimal(total, currency),
})

/** Amounts of a cart as fields of its JSON. */
export const toCartAmountFields = (
  { subtotal, adjustments, tax, shipping, total }: PricedAmounts,
  currency: Currency,
) => ({
  total_amount: toDecimal(subtotal, currency),
  ...adjustmentsField(adjustments, currency),
  tax: toDecimal(tax, currency),
  shipping: toDecimal(shipping, currency),
  total: toDecimal(total, currency),
})
