/** Order status and its transitions: confirmed → processing → shipped → delivered, and cancelled before it ships. */
import * as z from 'zod'
import { ShopError } from '../core/errors.ts'

export const OrderStatus = z.enum(['confirmed', 'processing', 'shipped', 'delivered', 'cancelled'])
export type OrderStatus = z.infer<typeof OrderStatus>

const TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  confirmed: ['processing', 'cancelled'],
  processing: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  cancelled: [],
}

const isKnown = (status: string): status is OrderStatus => Object.hasOwn(TRANSITIONS, status)

/** The statuses that may follow `from`: none, where another client made it up. */
export const allowedTransitions = (from: string): readonly OrderStatus[] =>
  isKnown(from) ? TRANSITIONS[from] : []

/** Whether the shop will not move the order on: it is delivered or cancelled, or another client made its status up. */
export const isFinal = (status: string): boolean => allowedTransitions(status).length === 0

/** Throws status_conflict where `to` may not follow `from`. */
export const assertTransition = (from: string, to: OrderStatus): void => {
  if (allowedTransitions(from).includes(to)) return
  throw new ShopError('status_conflict', `This order is ${from} and cannot become ${to}.`, {
    order_status: from,
  })
}

/** The next status on the way to delivery; undefined at the end. */
export const nextStatus = (from: string): OrderStatus | undefined =>
  allowedTransitions(from).find(status => status !== 'cancelled')
