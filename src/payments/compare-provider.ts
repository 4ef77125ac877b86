/** Comparison of payments with what their provider says now: for `cloudshelf doctor --money --provider`, and for recovery. */
import { storedCurrency } from '../core/currency.ts'
import { type MinorUnits, minorUnits, toDecimalText } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import { type MoneyCheckDeps, type MoneyDifference, type MoneyOfOrder, readMoneyOf } from './check.ts'
import { holdsCopies } from './checkout-table.ts'
import type { PaymentDeps } from './deps.ts'
import { type HostedProvider, ProviderRefused, type Seen } from './provider.ts'
import type { PaymentRecords } from './schema.ts'

/** Pages that are asked about at the same time. */
const MAX_CONCURRENT = 4

export type CompareDeps = MoneyCheckDeps & Pick<PaymentDeps, 'hosted'>

/** A payment page at a provider. */
export type SeenPage = { readonly provider: HostedProvider; readonly ref: string; readonly seen: Seen }

const sumOf = (all: readonly { readonly amount: number }[]): MinorUnits =>
  minorUnits(all.reduce((sum, { amount }) => sum + amount, 0))

/** What a provider took and gave back, as the journal says: money that staff recorded by hand is not among it. */
const journalOf = ({ payment, entries }: PaymentRecords) => {
  const own = entries.filter(({ by }) => by === payment.method)
  return {
    captured: sumOf(own.filter(({ kind }) => kind === 'captured')),
    refunded: minorUnits(0 - sumOf(own.filter(({ kind }) => kind === 'refunded'))),
    disputed: payment.disputed,
  }
}

/** Where a payment differs from its page at the provider; a sentence for each. */
const recordDifferences = (records: PaymentRecords, seen: Seen): string[] => {
  const { currency } = records.payment
  if (seen.currency.code !== currency)
    return [`it is recorded in ${currency}, but the provider has ${seen.currency.code}`]
  const money = (amount: MinorUnits): string => `${toDecimalText(amount, seen.currency)} ${currency}`
  const there = {
    captured: seen.captured,
    refunded: sumOf(seen.refunds.filter(({ state }) => state === 'succeeded')),
    disputed: sumOf(seen.disputes.filter(({ state }) => state !== 'won')),
  }
  const here = journalOf(records)
  return (['captured', 'refunded', 'disputed'] as const).flatMap(name =>
    here[name] === there[name]
      ? []
      : `${name} is ${money(here[name])}, but ${money(there[name])} at the provider`,
  )
}

/** Where what the shop knows of an order id differs from a payment page of it. Pages that no money came through agree with all. */
export const pageDifferences = (
  { records, checkout }: MoneyOfOrder,
  { ref, seen }: Pick<SeenPage, 'ref' | 'seen'>,
): string[] => {
  if (records?.payment.ref === ref) return recordDifferences(records, seen)
  if (seen.status !== 'paid') return []
  const paid = `${toDecimalText(seen.captured, storedCurrency(seen.currency.code))} ${seen.currency.code}`
  if (records) return [`it is paid by another page as well: ${paid} by ${ref}`]
  // It becomes an order by the next event or sweep.
  if (checkout && holdsCopies(checkout) && (checkout.ref ?? ref) === ref) return []
  return [`${paid} was paid, but there is neither an order nor a review`]
}

const lookAt = async (provider: HostedProvider, ref: string): Promise<Seen | undefined> => {
  try {
    return await provider.look(ref)
  } catch (error) {
    if (error instanceof ProviderRefused) return undefined
    throw error
  }
}

/**
 * Payment pages that were opened since a time, with their present state, latest first; those of other uses of the same account are left
 * out. `orderIds`: only these.
 */
export async function* pagesSince(
  { hosted }: Pick<PaymentDeps, 'hosted'>,
  since: Date,
): AsyncGenerator<SeenPage & { readonly orderId: string }> {
  for (const provider of hosted.values()) {
    let batch: Promise<(SeenPage & { readonly orderId: string }) | undefined>[] = []
    for await (const { ref, orderId } of provider.listSince(since)) {
      if (orderId === undefined) continue
      batch.push(lookAt(provider, ref).then(seen => seen && { provider, ref, seen, orderId }))
      if (batch.length < MAX_CONCURRENT) continue
      for (const page of await Promise.all(batch)) if (page) yield page
      batch = []
    }
    for (const page of await Promise.all(batch)) if (page) yield page
  }
}

export type ProviderCheck = { readonly pages: number; readonly differences: readonly MoneyDifference[] }

/** Asks the providers for every payment page since a time, and for its present state. Throws ProviderUnavailable. */
export const checkProviders = async (deps: CompareDeps, since: Date): Promise<ProviderCheck> => {
  const differences: MoneyDifference[] = []
  let pages = 0
  for await (const page of pagesSince(deps, since)) {
    pages++
    const { orderId, provider, ref } = page
    if (pageDifferences(await readMoneyOf(deps, orderId), page).length === 0) continue
    // Shoppers pay meanwhile: what looks wrong is asked for again.
    const seen = (await lookAt(provider, ref)) ?? page.seen
    for (const found of pageDifferences(await readMoneyOf(deps, orderId), { ref, seen }))
      differences.push({ order_number: orderNumber(orderId), order_id: orderId, found })
  }
  return { pages, differences }
}
