/** The life of an order, as one table: confirmed → processing → shipped → delivered, cancelled until shipped. */
import * as z from 'zod'
import { ShopError } from '../core/errors.ts'

export const OrderStatus = z.enum(['confirmed', 'processing', 'shipped', 'delivered', 'cancelled'])
export type OrderStatus = z.infer<typeof OrderStatus>

const LIFE: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  confirmed: ['processing', 'cancelled'],
  processing: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  cancelled: [],
}

/** What an order that is `from` may become. */
export const allowedTransitions = (from: OrderStatus): readonly OrderStatus[] => LIFE[from]

/** Throws status_conflict when an order that is `from` may not become `to`. */
export const assertTransition = (from: OrderStatus, to: OrderStatus): void => {
  if (allowedTransitions(from).includes(to)) return
  throw new ShopError('status_conflict', `An order that is ${from} cannot become ${to}.`, {
    order_status: from,
  })
}

/** The next step of an order's way to the reader; undefined at its end. */
export const nextStatus = (from: OrderStatus): OrderStatus | undefined =>
  allowedTransitions(from).find(status => status !== 'cancelled')
