/** What a shopper can choose at checkout: deliveries with their amounts, and the methods of payment for each. */
import { toOrderAmountFields } from '../cart/amount-fields.ts'
import { calculateAmounts } from '../cart/pricing.ts'
import { isShort, quoteLines } from '../cart/quote.ts'
import type { MinorUnits } from '../core/money.ts'
import { isAgreed, type PaymentMethod } from '../orders/payment.ts'
import type { Delivery } from '../orders/schema.ts'
import { rulesFor } from '../orders/terms.ts'
import type { CheckoutOptions } from './api.ts'
import type { PaymentDeps } from './deps.ts'
import type { InvoicePermissions } from './invoice-permission.ts'
import type { DaysToPay } from './order-payments.ts'

export type OptionDeps = PaymentDeps & {
  readonly daysToPay: DaysToPay
  readonly invoicePermissions: Pick<InvoicePermissions, 'refusal'>
}
type MethodOption = CheckoutOptions['deliveries'][number]['methods'][number]

/** Names of the methods that are agreed, and what happens after the order; those of the others are their providers'. */
const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`)

const agreedOption = (method: PaymentMethod, { daysToPay, shop }: OptionDeps): Omit<MethodOption, 'id'> => {
  switch (method) {
    case 'collection':
      return {
        label: 'In the shop',
        description: `You pay when you collect your books at ${shop.name}.`,
        is_hosted: false,
      }
    case 'transfer':
      return {
        label: 'Bank transfer',
        description: `We email you our bank details. We ship when the money has arrived, and keep your books for ${days(daysToPay.transfer)}.`,
        is_hosted: false,
      }
    default:
      return {
        label: 'Invoice',
        description: `The invoice comes by email. You have ${days(daysToPay.invoice)} to pay it.`,
        is_hosted: false,
      }
  }
}

const optionOf = (
  deps: OptionDeps,
  method: PaymentMethod,
  total: MinorUnits,
  delivery: Delivery,
  invoiceRefusal: string | undefined,
): MethodOption => {
  if (isAgreed(method)) {
    const onlyCollected =
      method === 'collection' && delivery === 'ship'
        ? 'Only for orders that you collect in the shop.'
        : undefined
    const unavailable = method === 'invoice' ? invoiceRefusal : onlyCollected
    return {
      id: method,
      ...agreedOption(method, deps),
      ...(unavailable === undefined ? {} : { unavailable }),
    }
  }
  const provider = deps.hosted.get(method)
  const unavailable = provider
    ? provider.refusalOf(total, deps.currency)
    : 'This method of payment is switched off.'
  return {
    id: method,
    label: provider?.label ?? method,
    description: 'You pay on the next page. Your books are reserved meanwhile.',
    is_hosted: true,
    ...(unavailable === undefined ? {} : { unavailable }),
  }
}

/**
 * The choices for the cart of a shopper; with the amounts of an empty cart where they have none. `accountId`: the account that is
 * signed in.
 */
export const checkoutOptions = async (
  deps: OptionDeps,
  userId: string | undefined,
  accountId: string | undefined,
): Promise<CheckoutOptions> => {
  const { cartReader, checkouts, methods, collection, shop, currency, invoicePermissions } = deps
  const [read, live, invoiceRefusal] = await Promise.all([
    userId === undefined ? undefined : cartReader.readForDisplay(userId, deps.now()),
    userId === undefined || deps.hosted.size === 0 ? undefined : checkouts.liveOf(userId),
    methods.includes('invoice') ? invoicePermissions.refusal(accountId) : undefined,
  ])
  const lines = quoteLines(read?.cart?.items ?? [], read?.books ?? new Map()).filter(line => !isShort(line))
  const option = (id: Delivery, label: string, description: string) => {
    const amounts = calculateAmounts(lines, rulesFor(deps, id))
    return {
      id,
      label,
      description,
      ...toOrderAmountFields(amounts, currency),
      methods: methods.map(method => optionOf(deps, method, amounts.total, id, invoiceRefusal)),
    }
  }
  return {
    deliveries: [
      option('ship', 'Ship to an address', `Delivery time: ${shop.deliveryTime}.`),
      ...(collection ? [option('collect', 'Collect in the shop', shop.address.join(', '))] : []),
    ],
    currency: currency.code,
    live_checkout: live ?? null,
  }
}
