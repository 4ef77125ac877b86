/**
 * Payment provider: what the shop asks of a company that takes money on a page of its own. The shop never believes what an event
 * says: an event names a payment, and the shop looks at its present state. Amounts are minor units of a currency (core/money.ts).
 */
import type { Currency } from '../core/currency.ts'
import type { MinorUnits } from '../core/money.ts'

/** A checkout as it is sent to the provider. */
export type HostedCheckout = {
  /** The id that the order will have: it is kept at the provider, so that a payment is found without our tables. */
  readonly orderId: string
  readonly orderNumber: string
  /** Increases with each payment page of a checkout. The same checkout and attempt give the same payment page. */
  readonly attempt: number
  readonly amount: MinorUnits
  readonly currency: Currency
  readonly email: string
  /** Text on the payment page, such as the titles of the books. */
  readonly description: string
  /** Where the provider sends the shopper after paying, and after giving up. */
  readonly returnUrl: string
  readonly cancelUrl: string
}

/** An open payment page. After `closesAt` (ISO 8601) it takes no money; until then the provider may. */
export type PaymentPage = { readonly ref: string; readonly url: string; readonly closesAt: string }

/**
 * `open`: the shopper can still pay. `processing`: a debit is on its way, which takes days. `paid`: the money is there. `closed`: no
 * money came, and none can come any more.
 */
export type HostedStatus = 'open' | 'processing' | 'paid' | 'closed'

export type RefundState = 'pending' | 'succeeded' | 'failed' | 'cancelled'
export type DisputeState = 'needs_response' | 'under_review' | 'won' | 'lost'

export type SeenRefund = {
  /** Of the provider. */
  readonly id: string
  /** The refund of the shop that it is; undefined for one that was made elsewhere, such as in the provider's dashboard. */
  readonly refundId: string | undefined
  readonly amount: MinorUnits
  readonly state: RefundState
}
export type SeenDispute = { readonly id: string; readonly amount: MinorUnits; readonly state: DisputeState }

/** The present state of a payment at the provider. */
export type Seen = {
  readonly status: HostedStatus
  readonly orderId: string | undefined
  /** What the payment page asks for. */
  readonly amount: MinorUnits
  readonly currency: Currency
  /** What has been taken. */
  readonly captured: MinorUnits
  readonly refunds: readonly SeenRefund[]
  readonly disputes: readonly SeenDispute[]
}

/** A payment that an event is about. `ref` is that of its payment page, where the event names it. */
export type ProviderEvent = {
  readonly id: string
  readonly type: string
  /** Undefined for an event that concerns no payment of this shop: it is answered and ignored. */
  readonly payment: { readonly orderId: string; readonly ref: string | undefined } | undefined
}

/** The provider did not answer, or cannot work now. Whether it has done what was asked is not known. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable'
}

/** The provider will not do it, whatever is tried: a refund that is too large, a payment that it does not know. */
export class ProviderRefused extends Error {
  override readonly name = 'ProviderRefused'
}

/** The event is not the provider's: its signature, its age or its form is wrong. The message says which, without its content. */
export class EventRefused extends Error {
  override readonly name = 'EventRefused'
}

/** Each call throws ProviderUnavailable and ProviderRefused. */
export interface HostedProvider {
  readonly id: string
  /** Name at checkout, such as 'Card'. */
  readonly label: string
  /** The header with the signature of an event, in lower case. */
  readonly signatureHeader: string
  /** Why this amount cannot be charged, as a sentence for the shopper; undefined where it can. */
  refusalOf(amount: MinorUnits, currency: Currency): string | undefined
  /** Opens the payment page of a checkout, or finds the one that this attempt has opened. */
  open(checkout: HostedCheckout): Promise<PaymentPage>
  /** The payment page that was opened last for an order id, where the answer to `open` was lost. */
  find(orderId: string): Promise<string | undefined>
  look(ref: string): Promise<Seen>
  /** Ends the payment page. Afterwards it is `closed`; `paid` or `processing` where the shopper was faster. */
  close(ref: string): Promise<Seen>
  /** Gives money back. `refundId` is the shop's: the same id never gives back twice. */
  refund(ref: string, amount: MinorUnits, refundId: string): Promise<SeenRefund>
  /** Checks the signature of an event over its raw body, and reads what it is about. Throws EventRefused. */
  readEvent(body: Uint8Array, headers: Headers): Promise<ProviderEvent>
  /** Payment pages that were opened since a time, latest first, with the order ids that they are for. */
  listSince(since: Date): AsyncIterable<{ readonly ref: string; readonly orderId: string | undefined }>
}
