/**
 * Limits of a guest's order, counted in the transaction of its checkout: the mails that its recipient gets, and the copies that guests
 * have on order without having paid. A guest is a cookie, so both are counted for the client network and for the email. An account has
 * confirmed its email and is not limited here, and neither is staff.
 */
import { normalizeEmail } from '../accounts/email.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'
import type { HeldAmount, Hold } from '../core/rate-limit/holds.ts'
import { HoldRefused, type Limiter, type RateLimitRequest } from '../core/rate-limit/limiter.ts'
import { DAY, type RequestCounter } from '../http/rate-limits.ts'
import { mailLimitReached, type RequestedMails } from '../http/requested-mails.ts'
import type { OrderDeps } from './deps.ts'
import type { Order } from './schema.ts'
import { type SendTransition, sendWithMail, sendWithoutMail } from './transition.ts'

/** Copies that may be on order for one client network and for one email, without having been paid or shipped; 0 is no limit. */
export type UnpaidLimit = { readonly network: number; readonly email: number }

/** An order counts for so long, or until it is canceled or shipped. */
export const UNPAID_SECONDS = DAY

export type GuestLimits = {
  /** What this order holds: kept with its idempotency key, so that it can be given back. */
  readonly heldBy: (order: Order) => readonly HeldAmount[]
  /** Sends the writes of the checkout with what the order counts for. Throws unpaid_limit and mail_limit. */
  readonly transact: (order: Order, writes: readonly Write[]) => Promise<void>
}

type LimitDeps = {
  readonly limiter: Pick<Limiter, 'rowOf'>
  readonly unpaidLimit: UnpaidLimit
}
type Request = {
  readonly counter: Pick<RequestCounter, 'requests' | 'transact'>
  readonly mails: RequestedMails
}

const unpaidLimitReached = (of: keyof UnpaidLimit, { max, amount }: Hold): ShopError =>
  new ShopError(
    'unpaid_limit',
    `Without signing in, at most ${max} unpaid books can be on order ${
      of === 'network' ? 'from one network' : 'for one email address'
    } at a time, and ${amount === 1 ? 'this book' : `these ${amount} books`} would be more. Sign in or create an account to order now, or contact us. You can also try again when earlier orders have shipped, at the latest in 24 hours.`,
    { limit: max, per: of },
  )

/** Name of the hold of an order, from which its id does not follow. */
const holdId = ({ order_id }: Order): string => sha256(`hold:${order_id}`).slice(0, 20)

const copiesIn = ({ items }: Order): number => items.reduce((sum, line) => sum + line.quantity, 0)

/** The limits of an order with this email, which is normalized, by the guest who sent the request. */
export const createGuestLimits = async (
  { limiter, unpaidLimit }: LimitDeps,
  { counter, mails }: Request,
  email: string,
): Promise<GuestLimits> => {
  const recipient = await mails.limitOf(email)

  const holding = (request: RateLimitRequest, per: keyof UnpaidLimit, order: Order): RateLimitRequest => {
    const max = unpaidLimit[per]
    if (max === 0 || request.heldSeconds === undefined) return request
    const hold = { id: holdId(order), amount: copiesIn(order), max, seconds: UNPAID_SECONDS }
    return { ...request, hold }
  }

  const perOf = ({ scope }: RateLimitRequest): keyof UnpaidLimit =>
    scope === recipient.scope ? 'email' : 'network'

  const requestsFor = (order: Order): RateLimitRequest[] =>
    [...counter.requests, recipient].map(one => holding(one, perOf(one), order))

  return {
    heldBy: order =>
      requestsFor(order).flatMap(request =>
        request.hold
          ? [
              {
                row: limiter.rowOf(request),
                id: request.hold.id,
                amount: request.hold.amount,
                per: perOf(request),
              },
            ]
          : [],
      ),
    transact: async (order, writes) => {
      const requests = requestsFor(order)
      try {
        await counter.transact(writes, { requests, refuse: mailLimitReached })
      } catch (error) {
        if (!(error instanceof HoldRefused) || !error.request.hold) throw error
        throw unpaidLimitReached(perOf(error.request), error.request.hold)
      }
    },
  }
}

/**
 * Whether an order was placed from the same client network as `order`, as far as its copies still count there; undefined where it is
 * not known, since the network is kept for 24 hours at most.
 */
export const sameNetwork = async (
  { orders, now }: Pick<OrderDeps, 'orders' | 'now'>,
  order: Order,
): Promise<((other: Order) => boolean) | undefined> => {
  const held = (await orders.heldBy(order, now())).find(({ per }) => per === 'network')
  if (!held) return undefined
  const ids = new Set(await orders.heldTogether(held, now()))
  return other => other.order_id === order.order_id || ids.has(holdId(other))
}

/** Sends the cancellation by a guest: the mail about it counts for the recipient, and is left out where they had too many. */
export const cancelAsGuest = (mails: RequestedMails): SendTransition => {
  let isAdmitted: Promise<boolean> | undefined
  return async transition => {
    const to = normalizeEmail(transition.order.email ?? '')
    // Counted before, and once: the cancellation itself gives back on the same item, and may be tried again.
    if (to !== undefined) isAdmitted ??= mails.admit(to)
    return (await isAdmitted) === false ? sendWithoutMail(transition) : sendWithMail(transition)
  }
}
