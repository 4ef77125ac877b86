/** Taxes of invoices by rate: entries that add up to the total, and their parts in credit notes, which add up to those of the invoice. */
import type { Amounts } from '../cart/amounts.ts'
import { applyRate, isWhole, type MinorUnits, minorUnits, parseRate, type Rate, sum } from '../core/money.ts'
import type { TaxEntry } from './schema.ts'

const ZERO = minorUnits(0)
/** Decimals of a rate in percent. */
const MAX_DECIMALS = 3

const shortest = (percent: number, decimals: number): string => String(Number(percent.toFixed(decimals)))

const percentOf = ({ numerator, denominator }: Rate): string =>
  shortest((Number(numerator) / Number(denominator)) * 100, 7)

/**
 * The rate by which `net` has this tax, in percent. Orders do not keep theirs: it is the shop's present one where that gives the
 * tax, otherwise the one with the fewest decimals that does.
 */
export const rateOf = (net: MinorUnits, tax: MinorUnits, present: Rate): string => {
  if (applyRate(net, present) === tax) return percentOf(present)
  const exact = net > 0 ? (tax / net) * 100 : 0
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals++) {
    const rate = parseRate((Number(exact.toFixed(decimals)) / 100).toFixed(decimals + 2))
    if (rate && applyRate(net, rate) === tax) return percentOf(rate)
  }
  return shortest(exact, MAX_DECIMALS)
}

/** Amounts of an order that an invoice can be made of. */
export type BillAmounts = {
  /** Goods with their adjustments. */
  readonly net: MinorUnits
  readonly tax: MinorUnits
  readonly shipping: MinorUnits
}

/** Undefined where one is missing or has a fraction of a minor unit, or they do not add up: amounts that another client wrote. */
export const billAmounts = (amounts: Amounts): BillAmounts | undefined => {
  const { subtotal, adjustments = [], tax, shipping, total } = amounts
  if (subtotal === undefined || tax === undefined || shipping === undefined) return undefined
  const goods = [subtotal, ...adjustments.map(({ amount }) => amount)]
  if (![...goods, tax, shipping, total].every(isWhole)) return undefined
  const net = sum(goods)
  return net >= 0 && sum([net, tax, shipping]) === total ? { net, tax, shipping } : undefined
}

/** What is taxed at which rate: the goods, and shipping, which is not taxed. */
export const taxesOf = ({ net, tax, shipping }: BillAmounts, present: Rate): TaxEntry[] => {
  const goods = { rate: rateOf(net, tax, present), net, tax }
  if (shipping === 0) return [goods]
  if (goods.rate === '0') return [{ ...goods, net: sum([net, shipping]) }]
  return [goods, { rate: '0', net: shipping, tax: ZERO }]
}

/** What is left of the entries of an invoice once those of its credit notes are taken off. */
export const taxesLeft = (
  invoice: readonly TaxEntry[],
  credited: readonly (readonly TaxEntry[])[],
): TaxEntry[] =>
  invoice.map((entry, i) => ({
    rate: entry.rate,
    net: minorUnits(entry.net - credited.reduce((all, one) => all + (one[i]?.net ?? 0), 0)),
    tax: minorUnits(entry.tax - credited.reduce((all, one) => all + (one[i]?.tax ?? 0), 0)),
  }))

/** What a refund says of its amount: how much of it is tax, and how much is shipping. */
export type RefundParts = {
  readonly tax?: MinorUnits | undefined
  readonly shipping?: MinorUnits | undefined
}

/**
 * `amount` in the proportions of what is left, or as the refund says, if that is possible. Whatever the parts were, they add up
 * to the invoice in the end, because each is taken from what is left.
 */
export const creditOf = (left: readonly TaxEntry[], amount: MinorUnits, parts: RefundParts): TaxEntry[] => {
  let [restAmount, restLeft] = [amount as number, left.reduce((all, one) => all + one.net + one.tax, 0)]
  const untaxed = left.length === 2 && left[1]?.rate === '0' ? left[1].net : undefined
  return left.map(({ rate, net, tax }, i) => {
    const gross = net + tax
    const proportional = restLeft === 0 ? 0 : Math.round((restAmount * gross) / restLeft)
    const wanted =
      i === 0 && untaxed !== undefined && parts.shipping !== undefined
        ? amount - Math.min(parts.shipping, untaxed)
        : proportional
    // No more than is left of it, and no less than the other entries leave.
    const share = Math.min(gross, Math.max(wanted, restAmount - (restLeft - gross)))
    restAmount -= share
    restLeft -= gross
    const own = gross === 0 ? 0 : Math.round((tax * share) / gross)
    const said = i === 0 && parts.tax !== undefined ? parts.tax : own
    const taxShare = Math.min(tax, share, Math.max(said, share - net))
    return { rate, net: minorUnits(share - taxShare), tax: minorUnits(taxShare) }
  })
}
