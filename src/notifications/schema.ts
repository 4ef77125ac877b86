/** What the outbox announces, and what a mail is. */
import * as z from 'zod'

const OrderAnnouncement = z.object({
  event: z.enum(['order_confirmed', 'order_shipped', 'order_cancelled', 'order_link']),
  user_id: z.string().min(1),
  order_id: z.string().min(1),
})
export type OrderAnnouncement = z.infer<typeof OrderAnnouncement>

const AccountAnnouncement = z.object({
  event: z.enum([
    'verify_email',
    'reset_password',
    'account_exists',
    'change_email',
    'email_changed',
    'password_changed',
  ]),
  user_id: z.string().min(1),
  email: z.string().optional().describe('Where it goes, when that is not the account’s own address.'),
  seal: z.string().optional().describe('Of the password under which it was asked for.'),
})
export type AccountAnnouncement = z.infer<typeof AccountAnnouncement>

/** What a row announces: an event of an order or of an account, which the mail's maker reads again when the mail is made. */
export const Announcement = z.union([OrderAnnouncement, AccountAnnouncement])

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
