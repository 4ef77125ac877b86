/** Handlers of payments for staff. */

import { storedCurrency } from '../core/currency.ts'
import { dayIn } from '../core/days.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import { sha256 } from '../core/ids.ts'
import { requireAmount } from '../core/require-amount.ts'
import type { CursorSeal } from '../http/cursor.ts'
import { requireKey } from '../http/idempotency-key.ts'
import { requireActor } from '../http/identity.ts'
import { type Route, route } from '../http/route.ts'
import { orderNotFound, toOrderId } from '../orders/history.ts'
import { canonicalJson } from '../orders/request-hash.ts'
import type { Order } from '../orders/schema.ts'
import { findOrder } from '../orders/service.ts'
import type { PaymentDeps } from './deps.ts'
import type { InvoicePermissions } from './invoice-permission.ts'
import { recordMoney } from './record-money.ts'
import { previewRefund, type RefundWish, refundNotPossible, requestRefund } from './refund.ts'
import { requestedRefundId } from './refund-ids.ts'
import { resolveReview } from './resolve-review.ts'
import type { Payment } from './schema.ts'
import * as api from './staff-api.ts'
import type { MakeRefund, OrderPayments } from './staff-schema.ts'
import { orderPaymentsView, paymentSummary, refundPreviewView } from './staff-view.ts'

export type PaymentStaffDeps = PaymentDeps & {
  readonly cursors: CursorSeal
  readonly invoicePermissions: InvoicePermissions
}

const PER_PAGE = 24

export const paymentStaffRoutes = (deps: PaymentStaffDeps): Route[] => {
  const { paymentTable, orders, cursors, shop, now } = deps

  const viewOf = async (orderId: string, order?: Order): Promise<OrderPayments> => {
    const records = await paymentTable.records(orderId)
    const known = order ?? (records && (await orders.get(records.payment.user_id, orderId)))
    if (!known && !records) throw orderNotFound()
    return orderPaymentsView(known, records)
  }
  /** The id of a payment, with or without an order, by the id or number of the order. */
  const find = async (reference: string): Promise<string> => {
    const orderId = await toOrderId(deps, reference)
    return (await paymentTable.get(orderId)) ? orderId : (await findOrder(deps, reference)).order_id
  }

  return [
    route(api.listPayments, async ({ query: { state, overdue, limit = PER_PAGE, cursor } }) => {
      const before = state === 'due' && overdue === 'true' ? dayIn(shop.timeZone, now()) : undefined
      const scope = `payments ${state} ${before ?? ''}`
      const after = cursor === undefined ? undefined : (cursors.open(scope, cursor) as Key)
      const { payments, next } = await paymentTable.list(state, limit, after, before)
      return {
        items: payments.map(payment => paymentSummary(payment, isOfOrder(payment))),
        next_cursor: next ? cursors.seal(scope, next) : null,
      }
    }),
    route(api.getOrderPayments, async ({ params }) => {
      const orderId = await toOrderId(deps, params.order_id)
      const hasPayment = (await paymentTable.get(orderId)) !== undefined
      if (hasPayment) return viewOf(orderId)
      const order = await findOrder(deps, params.order_id)
      return viewOf(order.order_id, order)
    }),
    route(api.recordPayment, async ({ identity, params, headers, body }) => {
      const key = requireKey(headers)
      const order = await findOrder(deps, params.order_id)
      await recordMoney(deps, await requireActor(identity), order, key, body)
      return viewOf(order.order_id, order)
    }),
    route(api.refundOrder, async ({ identity, params, headers, body }) => {
      const key = requireKey(headers)
      const orderId = await find(params.order_id)
      await requestRefund(deps, orderId, {
        refundId: requestedRefundId(orderId, key),
        requestHash: sha256(canonicalJson(body)),
        actor: await requireActor(identity),
        wish: await wishOf(deps, orderId, body),
        restock: body.restock ?? [],
        reason: body.reason,
      })
      return viewOf(orderId)
    }),
    route(api.previewRefund, async ({ params, body }) => {
      const orderId = await find(params.order_id)
      const wish = await wishOf(deps, orderId, body)
      const preview = await previewRefund(deps, orderId, { wish, restock: body.restock ?? [] })
      return refundPreviewView(preview, storedCurrency(preview.payment.currency))
    }),
    route(api.resolveReview, async ({ identity, params, body }) => {
      const orderId = await find(params.order_id)
      await resolveReview(deps, await requireActor(identity), orderId, body.action)
      return viewOf(orderId)
    }),
    route(api.setInvoicePermission, async ({ identity, params, body: { allowed } }) => {
      const actor = await requireActor(identity)
      return { user_id: await deps.invoicePermissions.set(actor, params.account, allowed), allowed }
    }),
  ]
}

/** Nothing is owed for money that could not become an order. */
const isOfOrder = ({ amount, captured }: Payment): boolean => amount > 0 || captured === 0

const wishOf = async (
  { paymentTable }: PaymentDeps,
  orderId: string,
  { amount, lines = [], shipping = false }: MakeRefund,
): Promise<RefundWish> => {
  if (amount === undefined) return { lines, shipping }
  const payment = await paymentTable.get(orderId)
  if (!payment) throw refundNotPossible('No payment of this order is recorded.')
  return { amount: requireAmount('amount', amount, storedCurrency(payment.currency)) }
}
