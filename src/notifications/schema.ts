/** Schemas of announcements in the outbox, and the types of outbox entries and mails. */
import * as z from 'zod'
import { TOLD_CHANGES } from '../accounts/owner-notice.ts'

const OrderAnnouncement = z.object({
  event: z.enum([
    'order_confirmed',
    'order_shipped',
    'order_cancelled',
    'order_link',
    'payment_received',
    'payment_refunded',
    'payment_reminder',
  ]),
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
    'account_changed',
    'account_erased',
  ]),
  user_id: z.string().min(1),
  email: z.string().optional().describe('The recipient, where it is not the email address of the account.'),
  change: z.enum(TOLD_CHANGES).optional().describe('What the mail `account_changed` tells of.'),
  seal: z.string().optional().describe('Fingerprint of the password at the time of the request.'),
})
export type AccountAnnouncement = z.infer<typeof AccountAnnouncement>

/** Announcement of a row: an event of an order or of an account, which is read when the mail is composed. */
export const Announcement = z.union([OrderAnnouncement, AccountAnnouncement])

/** What a mail is about. */
export type MailEvent = OrderAnnouncement['event'] | AccountAnnouncement['event']

/** A row of the outbox as staff see it. */
export type OutboxEntry = {
  readonly id: string
  readonly event: string
  /** PENDING, SENDING, DEAD, or OVERDUE: dropped, because it could not be sent in the lifetime of its event. */
  readonly state: string
  /** How often a worker leased it. */
  readonly tries: number
  readonly created_at: string
  /** When it is due next; for a dead letter, when it was given up or dropped. */
  readonly due_at: string
  /** Why the last try failed, without email addresses. */
  readonly last_error?: string
}

export type Attachment = {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** A mail, ready to be sent. */
export type Mail = {
  /** The same for each try, so that a duplicate can be recognized. */
  readonly id: string
  /** A normalized email address. */
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly attachments?: readonly Attachment[]
}

/** The mail can never be sent: its announcement cannot be read, or it has no recipient. */
export class Undeliverable extends Error {}
