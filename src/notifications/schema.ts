/** What the outbox announces, and what a mail is. */
import * as z from 'zod'

/** What a row announces: an event of an order, which the mail's maker reads again when the mail is made. */
export const Announcement = z.object({
  event: z.enum(['order_confirmed', 'order_shipped', 'order_cancelled', 'order_link']),
  user_id: z.string().min(1),
  order_id: z.string().min(1),
})
export type Announcement = z.infer<typeof Announcement>

/** A row of the outbox as the shop's people see it. */
export type OutboxEntry = {
  readonly id: string
  readonly event: string
  readonly state: string
  /** How often it was taken to be sent. */
  readonly tries: number
  readonly created_at: string
  /** When it may be taken next; for a dead one, when it died. */
  readonly due_at: string
  /** Why the last try failed, without addresses. */
  readonly last_error?: string
}

/** A mail, ready to be sent. */
export type Mail = {
  /** The same for each try, so that whoever receives it twice can tell. */
  readonly id: string
  /** A normalised address. */
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** No later try would send this one: what it announces cannot be read, or has nobody to go to. */
export class Undeliverable extends Error {}
