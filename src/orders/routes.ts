/** Handlers of checkout and orders. */
import type { Key } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { toDecimal } from '../core/money.ts'
import type { Limiter } from '../core/rate-limit/limiter.ts'
import { withUniformTiming } from '../core/timing.ts'
import type { CursorSeal } from '../http/cursor.ts'
import { requireKey } from '../http/idempotency-key.ts'
import { type Identity, requireActor } from '../http/identity.ts'
import { Accepted, type Route, route } from '../http/route.ts'
import * as api from './api.ts'
import { type CheckoutPlan, placeOrder } from './checkout.ts'
import { agreedWrites, type NewOrder } from './checkout-writes.ts'
import { cancelAsGuest, createGuestLimits, type UnpaidLimit } from './guest-limits.ts'
import { listOrders, type Owner, readOrder } from './history.ts'
import {
  cancelByLink,
  endViewLinks,
  type LookupDeps,
  openOrderLink,
  requestOrderLink,
  viewOrder,
} from './lookup.ts'
import { type AgreedMethod, type HostedCheckouts, isAgreed } from './payment.ts'
import type { Order, OrderView } from './schema.ts'
import * as service from './service.ts'
import { methodOf } from './terms.ts'

export type OrderRouteDeps = LookupDeps & {
  readonly cursors: CursorSeal
  readonly limiter: Limiter
  readonly unpaidLimit: UnpaidLimit
  readonly invoicePermissions: {
    readonly refusal: (accountId: string | undefined) => Promise<string | undefined>
  }
  /** The email address of an account; undefined until it is confirmed. */
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
}

/** The same whether or not there is such an order. */
const LOOKUP_DETAIL = 'If we find a matching order, we’ll email a link to the address it was placed with.'

/** Throws invoice_not_allowed. */
const assertMayInvoice = async (
  { invoicePermissions }: Pick<OrderRouteDeps, 'invoicePermissions'>,
  { session }: Identity,
): Promise<void> => {
  const why = await invoicePermissions.refusal(session?.userId)
  if (why !== undefined) throw new ShopError('invoice_not_allowed', why)
}

/** `hosted`: checkouts with a method that takes the money first. */
export const orderRoutes = (deps: OrderRouteDeps, hosted: HostedCheckouts): Route[] => {
  const ownerOf = ({ userId, guestId, session }: Identity): Owner => ({
    userId,
    guestId,
    email: async () => (session ? deps.confirmedEmail(session.userId) : undefined),
  })
  const find = async (identity: Identity, orderId: string): Promise<Order> =>
    (await identity.staff()) ? service.findOrder(deps, orderId) : readOrder(deps, ownerOf(identity), orderId)

  const viewsOf = async (orders: readonly Order[]): Promise<OrderView[]> => {
    const termsOf = await deps.payments.termsOf(orders)
    return orders.map(order => service.orderView(order, termsOf(order)))
  }
  const view = async (order: Order): Promise<OrderView> =>
    service.orderView(order, (await deps.payments.termsOf([order]))(order))

  const countSale = ({ amounts, currency }: Order): void =>
    deps.log.count({ OrdersPlaced: 1, Revenue: toDecimal(amounts.total, currency) })

  const agreedPlan = (
    method: AgreedMethod,
    identity: Identity,
    userId: string,
    key: string,
  ): CheckoutPlan => ({
    method,
    replaced: async () => {
      if (method === 'invoice') await assertMayInvoice(deps, identity)
      return hosted.replaceableHold(userId, key)
    },
    writes: parts => agreedWrites(deps, parts, method),
    find: deps.orders.get,
  })

  return [
    route(api.placeOrder, async context => {
      const { identity, headers, body, responseHeaders, counter } = context
      const key = requireKey(headers)
      const method = methodOf(deps, body)
      const send = identity.session
        ? { heldBy: () => [], transact: (_: Order, writes: readonly Write[]) => counter.transact(writes) }
        : await createGuestLimits(deps, context, body.email)
      const userId = identity.becomeShopper()
      const plan = isAgreed(method)
        ? agreedPlan(method, identity, userId, key)
        : hosted.plan(method, userId, key)
      const { order, replayed } = await placeOrder(deps, userId, key, body, plan, send).catch(async error => {
        await hosted.settleHold(userId)
        throw error
      })
      if (replayed) responseHeaders.set('idempotency-replayed', 'true')
      const opened = isAgreed(method) ? undefined : await hosted.open(order.order_id)
      if (opened) {
        responseHeaders.set('location', `/api/checkouts/${opened.checkout_id}`)
        return new Accepted(opened)
      }
      responseHeaders.set('location', `/api/orders/${order.order_id}`)
      if (!isAgreed(method) || replayed) return view(order)
      countSale(order)
      await deps.invoicing.issue(order, 'placed')
      const terms = deps.payments.agreedTerms(order as NewOrder, method, body.delivery ?? 'ship')
      return service.orderView(order, terms)
    }),
    route(api.listOrders, async ({ identity, query: { date, limit = api.ORDERS_PER_PAGE, cursor } }) => {
      const scope = date === undefined ? `orders of ${identity.userId}` : `orders on ${date}`
      const after = cursor === undefined ? undefined : (deps.cursors.open(scope, cursor) as Key)
      const { orders, next } =
        date === undefined
          ? await listOrders(deps, ownerOf(identity), limit, after)
          : await deps.orders.listByDay(date, limit, after)
      return {
        items: await viewsOf(orders),
        next_cursor: next ? deps.cursors.seal(scope, next) : null,
      }
    }),
    route(api.lookUpOrder, async ({ body, mails }) => {
      await withUniformTiming(() => requestOrderLink(deps, mails, body))
      return { detail: LOOKUP_DETAIL }
    }),
    route(api.openOrderLink, async ({ body }) => view(await openOrderLink(deps, body.token))),
    route(api.cancelByLink, async ({ body, mails }) =>
      view(await cancelByLink(deps, body.token, cancelAsGuest(mails))),
    ),
    route(api.viewOrder, async ({ params, body }) =>
      view(await viewOrder(deps, params.order_id, body.token)),
    ),
    route(api.endViewLinks, async ({ identity, params }) => {
      const order = await service.findOrder(deps, params.order_id)
      return { ended: await endViewLinks(deps, await requireActor(identity), order) }
    }),
    route(api.getOrder, async ({ identity, params }) => view(await find(identity, params.order_id))),
    route(api.cancelOrder, async ({ identity, params, mails }) => {
      const order = await find(identity, params.order_id)
      const actor = (await identity.staff())?.actor ?? identity.userId ?? order.user_id
      return view(
        await service.cancelOrder(deps, actor, order, identity.session ? undefined : cancelAsGuest(mails)),
      )
    }),
    route(api.setOrderStatus, async ({ identity, params, body }) => {
      const order = await service.findOrder(deps, params.order_id)
      return view(await service.moveOrder(deps, await requireActor(identity), order, body.status))
    }),
  ]
}
