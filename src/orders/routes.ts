/** Handlers of checkout and orders. */
import type { Key } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import type { Limiter } from '../core/rate-limit/limiter.ts'
import { withUniformTiming } from '../core/timing.ts'
import type { CursorSeal } from '../http/cursor.ts'
import { type Identity, requireActor } from '../http/identity.ts'
import { type Route, route } from '../http/route.ts'
import * as api from './api.ts'
import { placeOrder } from './checkout.ts'
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
import type { Order } from './schema.ts'
import * as service from './service.ts'

export type OrderRouteDeps = LookupDeps & {
  readonly cursors: CursorSeal
  readonly limiter: Limiter
  readonly unpaidLimit: UnpaidLimit
  /** The email address of an account; undefined until it is confirmed. */
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
}

const keyMissing = () =>
  new ShopError(
    'idempotency_key_missing',
    'Send an Idempotency-Key header. Generate its value, such as a UUID, when the checkout page opens.',
  )

/** The same whether or not there is such an order. */
const LOOKUP_DETAIL = 'If we find a matching order, we’ll email a link to the address it was placed with.'

export const orderRoutes = (deps: OrderRouteDeps): Route[] => {
  const ownerOf = ({ userId, guestId, session }: Identity): Owner => ({
    userId,
    guestId,
    email: async () => (session ? deps.confirmedEmail(session.userId) : undefined),
  })
  const find = async (identity: Identity, orderId: string): Promise<Order> =>
    (await identity.staff()) ? service.findOrder(deps, orderId) : readOrder(deps, ownerOf(identity), orderId)

  return [
    route(api.placeOrder, async context => {
      const { identity, headers, body, responseHeaders, counter } = context
      const key = headers['idempotency-key']
      if (key === undefined) throw keyMissing()
      const send = identity.session
        ? { heldBy: () => [], transact: (_: Order, writes: readonly Write[]) => counter.transact(writes) }
        : await createGuestLimits(deps, context, body.email)
      const { order, replayed } = await placeOrder(deps, identity.becomeShopper(), key, body, send)
      responseHeaders.set('location', `/api/orders/${order.order_id}`)
      if (replayed) responseHeaders.set('idempotency-replayed', 'true')
      return service.orderView(order)
    }),
    route(api.listOrders, async ({ identity, query: { date, limit = api.ORDERS_PER_PAGE, cursor } }) => {
      const scope = date === undefined ? `orders of ${identity.userId}` : `orders on ${date}`
      const after = cursor === undefined ? undefined : (deps.cursors.open(scope, cursor) as Key)
      const { orders, next } =
        date === undefined
          ? await listOrders(deps, ownerOf(identity), limit, after)
          : await deps.orders.listByDay(date, limit, after)
      return {
        items: orders.map(service.orderView),
        next_cursor: next ? deps.cursors.seal(scope, next) : null,
      }
    }),
    route(api.lookUpOrder, async ({ body, mails }) => {
      await withUniformTiming(() => requestOrderLink(deps, mails, body))
      return { detail: LOOKUP_DETAIL }
    }),
    route(api.openOrderLink, async ({ body }) => service.orderView(await openOrderLink(deps, body.token))),
    route(api.cancelByLink, async ({ body, mails }) =>
      service.orderView(await cancelByLink(deps, body.token, cancelAsGuest(mails))),
    ),
    route(api.viewOrder, async ({ params, body }) =>
      service.orderView(await viewOrder(deps, params.order_id, body.token)),
    ),
    route(api.endViewLinks, async ({ identity, params }) => {
      const order = await service.findOrder(deps, params.order_id)
      return { ended: await endViewLinks(deps, await requireActor(identity), order) }
    }),
    route(api.getOrder, async ({ identity, params }) =>
      service.orderView(await find(identity, params.order_id)),
    ),
    route(api.cancelOrder, async ({ identity, params, mails }) => {
      const order = await find(identity, params.order_id)
      const actor = (await identity.staff())?.actor ?? identity.userId ?? order.user_id
      return service.orderView(
        await service.cancelOrder(deps, actor, order, identity.session ? undefined : cancelAsGuest(mails)),
      )
    }),
    route(api.setOrderStatus, async ({ identity, params, body }) => {
      const order = await service.findOrder(deps, params.order_id)
      return service.orderView(
        await service.moveOrder(deps, await requireActor(identity), order, body.status),
      )
    }),
  ]
}
