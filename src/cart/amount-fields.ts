/** Amounts as fields of JSON objects and table items, where they are decimals: schemas, and conversion from and to cents. */
import * as z from 'zod'
import { toDecimal } from '../core/money.ts'
import { StoredMoney } from '../core/stored-money.ts'
import type { Adjustment, Amounts, PricedAmounts } from './amounts.ts'

/** An amount in JSON. */
export const Money = z.number().describe('In the currency of the shop, such as 42.99.')

const adjustments = <T extends z.ZodType>(amount: T) =>
  z.array(z.object({ id: z.string(), label: z.string(), amount })).optional()

const adjustmentFields = {
  adjustments: adjustments(Money).describe(
    'Discounts (below zero) and charges between subtotal and total. Absent when there are none.',
  ),
}

/** Amounts of a cart in JSON. The specification calls the subtotal of a cart `total_amount`. */
export const cartAmountFields = {
  total_amount: Money,
  ...adjustmentFields,
  tax: Money,
  shipping: Money,
  total: Money.describe('What checkout will charge: send it as expected_total.'),
}

/** Amounts of an order in JSON. */
export const orderAmountFields = {
  subtotal: Money.optional(),
  ...adjustmentFields,
  tax: Money.optional(),
  shipping: Money.optional(),
  total: Money,
}

/** Amounts of an item of the orders table. One that another client wrote may have a total alone. */
export const storedAmountFields = {
  subtotal: StoredMoney.optional(),
  adjustments: adjustments(StoredMoney).catch(undefined),
  tax: StoredMoney.optional(),
  shipping: StoredMoney.optional(),
  total: StoredMoney,
}

/** A parsed item with its amounts as one value. */
export const withAmounts = <T extends Amounts>({
  subtotal,
  adjustments,
  tax,
  shipping,
  total,
  ...rest
}: T): Omit<T, keyof Amounts> & { readonly amounts: Amounts } => ({
  ...rest,
  amounts: { subtotal, adjustments, tax, shipping, total },
})

const adjustmentsField = (adjustments: readonly Adjustment[] = []) =>
  adjustments.length === 0
    ? {}
    : { adjustments: adjustments.map(one => ({ ...one, amount: toDecimal(one.amount) })) }

/** Amounts of an order as fields of its item and of its JSON. What is unknown has no field. */
export const toOrderAmountFields = ({ subtotal, adjustments, tax, shipping, total }: Amounts) => ({
  ...(subtotal === undefined ? {} : { subtotal: toDecimal(subtotal) }),
  ...adjustmentsField(adjustments),
  ...(tax === undefined ? {} : { tax: toDecimal(tax) }),
  ...(shipping === undefined ? {} : { shipping: toDecimal(shipping) }),
  total: toDecimal(total),
})

/** Amounts of a cart as fields of its JSON. */
export const toCartAmountFields = ({ subtotal, adjustments, tax, shipping, total }: PricedAmounts) => ({
  total_amount: toDecimal(subtotal),
  ...adjustmentsField(adjustments),
  tax: toDecimal(tax),
  shipping: toDecimal(shipping),
  total: toDecimal(total),
})
