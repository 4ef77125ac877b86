/** An order as its pages show it. */
import { readableEmail } from '#src/accounts/email.ts'
import { addressLines } from '#src/addresses/lines.ts'
import type { OrderView } from '#src/orders/schema.ts'

/** `addressLines` is the shipping address in the order of its country; empty where there is none. */
export type OrderPage = { readonly order: OrderView; readonly addressLines: readonly string[] }

export const toOrderPage = ({ email, ...order }: OrderView): OrderPage => ({
  order: { ...order, ...(email === undefined ? {} : { email: readableEmail(email) }) },
  addressLines: addressLines(order.shipping_address ?? {}),
})
