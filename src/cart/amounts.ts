/**
 * Amounts of a cart or an order as one value: the total and what makes it up. Pricing calculates them, and everything that
 * shows amounts (pages, mails, command line) takes its rows from `amountRows`, so a new kind of amount is added in one place.
 */
import type { MinorUnits } from '../core/money.ts'
import type { CartView } from './schema.ts'

/** A discount (below zero) or a charge between subtotal and total, with the text that the customer reads. */
export type Adjustment<N extends number = MinorUnits> = {
  readonly id: string
  readonly label: string
  readonly amount: N
}

/** Minor units inside the shop, decimals (`N` is `number`) in JSON and tables. Foreign orders may have a total alone. */
export type Amounts<N extends number = MinorUnits> = {
  readonly subtotal?: N | undefined
  readonly adjustments?: readonly Adjustment<N>[] | undefined
  readonly tax?: N | undefined
  readonly shipping?: N | undefined
  readonly total: N
}

/** Amounts as pricing calculates them: none is missing. */
export type PricedAmounts<N extends number = MinorUnits> = {
  readonly [K in keyof Amounts]-?: Exclude<Amounts<N>[K], undefined>
}

/** Names of the amounts, the same on pages, in mails and prints, and in the documentation of the API. */
export const AMOUNT_LABELS = { subtotal: 'Subtotal', tax: 'Tax', shipping: 'Shipping', total: 'Total' }

export type AmountRow<N extends number = MinorUnits> = {
  /** Unique among the rows of one value. */
  readonly id: string
  readonly label: string
  readonly amount: N
  readonly isTotal: boolean
}

/** The rows to show, in their order: subtotal, adjustments, tax, shipping, total. An amount that is unknown has no row. */
export const amountRows = <N extends number>({
  subtotal,
  adjustments = [],
  tax,
  shipping,
  total,
}: Amounts<N>): AmountRow<N>[] => {
  const row = (id: keyof typeof AMOUNT_LABELS, amount: N | undefined): AmountRow<N>[] =>
    amount === undefined ? [] : [{ id, label: AMOUNT_LABELS[id], amount, isTotal: id === 'total' }]
  return [
    ...row('subtotal', subtotal),
    ...adjustments.map(({ id, label, amount }) => ({
      id: `adjustment ${id}`,
      label,
      amount,
      isTotal: false,
    })),
    ...row('tax', tax),
    ...row('shipping', shipping),
    ...row('total', total),
  ]
}

/** The amounts in the JSON of a cart, in which the subtotal is called `total_amount`. */
export const cartAmounts = ({
  total_amount,
  adjustments,
  tax,
  shipping,
  total,
}: CartView): Amounts<number> => ({ subtotal: total_amount, adjustments, tax, shipping, total })
