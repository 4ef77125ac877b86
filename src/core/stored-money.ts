/** Amounts of money in stored items: decimals there, whole cents in the shop. */
import * as z from 'zod'
import { type Cents, parseDecimal } from './money.ts'

const toCents = (value: number, context: z.RefinementCtx): Cents => {
  const amount = parseDecimal(value)
  if (amount !== undefined) return amount
  context.addIssue({ code: 'custom', message: 'must have at most two decimals' })
  return z.NEVER
}

export const StoredMoney = z.number().transform(toCents)

/** Bounds the prices of items that others wrote, so that no sum leaves the safe integers. */
const MAX_STORED_PRICE = 1e7

export const StoredPrice = z.number().min(0).max(MAX_STORED_PRICE).transform(toCents)
