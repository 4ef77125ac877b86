/**
 * Lifetimes of mails: how long after its event a mail still helps its reader. A mail that could not be sent in that time is
 * dropped: a shop whose mail is set up weeks after its first orders must not send all of them at once.
 */
import { LINK_MINUTES as ACCOUNT_LINK_MINUTES } from '../accounts/account-links.ts'
import { LINK_MINUTES } from '../orders/links.ts'
import type { MailEvent } from './schema.ts'
import type { OutboxRow } from './table.ts'

const HOUR = 60
const DAY = 24 * HOUR

/** Minutes by event. A mail with a link lives as long as the link would, had it been sent at once. */
export const LIFETIME_MINUTES: Readonly<Record<MailEvent, number>> = {
  order_confirmed: 3 * DAY,
  order_shipped: 3 * DAY,
  order_cancelled: 3 * DAY,
  payment_received: 3 * DAY,
  payment_refunded: 7 * DAY,
  // Until the transfer is due.
  payment_reminder: 2 * DAY,
  order_link: LINK_MINUTES,
  verify_email: ACCOUNT_LINK_MINUTES.verify_email,
  reset_password: ACCOUNT_LINK_MINUTES.reset_password,
  change_email: ACCOUNT_LINK_MINUTES.change_email,
  // Sent in place of `verify_email`, and no more telling than it.
  account_exists: ACCOUNT_LINK_MINUTES.verify_email,
  // Warnings, which help as long as the change may be a thief's.
  email_changed: 7 * DAY,
  password_changed: 7 * DAY,
  account_changed: 7 * DAY,
  account_erased: 7 * DAY,
}

/** The end of the lifetime of an event of this time. Undefined where the event is not known or the time not readable. */
export const endOfLifetime = (event: unknown, at: string): Date | undefined => {
  const minutes = Object.hasOwn(LIFETIME_MINUTES, String(event)) && LIFETIME_MINUTES[event as MailEvent]
  const end = minutes === false ? Number.NaN : Date.parse(at) + minutes * 60_000
  return Number.isNaN(end) ? undefined : new Date(end)
}

/**
 * When the row's mail may be sent at the latest: its `send_before`, which a retry by hand sets, or the end of its lifetime. Undefined
 * for a row without a known event or time of creation, which the composer refuses.
 */
export const latestTime = ({ item }: OutboxRow): Date | undefined => {
  const named = Date.parse(String(item.send_before))
  return Number.isNaN(named) ? endOfLifetime(item.event, String(item.created_at)) : new Date(named)
}
