/** Ids of refunds: the same for the same request, so that a repeated one is found, and never the same for two orders. */
import { sha256 } from '../core/ids.ts'

const refundId = (orderId: string, what: string): string =>
  `refund-${sha256(`refund:${orderId}:${what}`).slice(0, 32)}`

/** The id of a refund that staff ask for, by their idempotency key. */
export const requestedRefundId = (orderId: string, key: string): string => refundId(orderId, `key:${key}`)

/** The id of the refund that belongs to the cancellation of an order. */
export const cancellationRefundId = (orderId: string): string => refundId(orderId, 'cancellation')

/** The id of the refund of a payment under review. */
export const reviewRefundId = (orderId: string, version: number): string =>
  refundId(orderId, `review:${version}`)
