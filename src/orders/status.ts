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

/** The statuses that may follow `from`. */
export const allowedTransitions = (from: OrderStatus): readonly OrderStatus[] => TRANSITIONS[from]

/** Throws status_conflict where `to` may not follow `from`. */
export const assertTransition = (from: OrderStatus, to: OrderStatus): void => {
  if (allowedTransitions(from).includes(to)) return
  throw new ShopError('status_conflict', `This order is ${from} and cannot become ${to}.`, {
    order_status: from,
  })
}

/** The next status on the way to delivery; undefined at the end. */
export const nextStatus = (from: OrderStatus): OrderStatus | undefined =>
  allowedTransitions(from).find(status => status !== 'cancelled')
