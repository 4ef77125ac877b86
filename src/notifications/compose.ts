/** Composer of mails: reads the order or the account that a row announces, so that rows hold no personal data but a new email address. */
import {
  LINK_MINUTES as ACCOUNT_LINK_MINUTES,
  type AccountLinks,
  type LinkPurpose,
} from '../accounts/account-links.ts'
import type { AccountEvent } from '../accounts/account-mails.ts'
import { maskedEmail, normalizeEmail, readableEmail } from '../accounts/email.ts'
import type { User } from '../accounts/schema.ts'
import type { UserTable } from '../accounts/table.ts'
import { isGuestUserId, newSecret } from '../core/ids.ts'
import { LINK_MINUTES, type OrderLinks } from '../orders/links.ts'
import type { Order } from '../orders/schema.ts'
import type { OrderTable } from '../orders/table.ts'
import type { ViewLinks } from '../orders/view-links.ts'
import { outstanding } from '../payments/state.ts'
import type { PaymentTable } from '../payments/table.ts'
import type { InvoiceAttachment } from './attachments.ts'
import { mailHtml } from './html.ts'
import { type MailContent, oneLine } from './mail-content.ts'
import * as account from './mails/account.ts'
import { orderCancelled } from './mails/order-cancelled.ts'
import { orderConfirmed } from './mails/order-confirmed.ts'
import { orderLink } from './mails/order-link.ts'
import { orderShipped } from './mails/order-shipped.ts'
import { paymentReceived, paymentRefunded, paymentReminder } from './mails/payment.ts'
import type { ShopFacts } from './order-blocks.ts'
import type { PaymentFacts } from './payment-blocks.ts'
import {
  type AccountAnnouncement,
  Announcement,
  type Attachment,
  type Mail,
  type OrderAnnouncement,
  Undeliverable,
} from './schema.ts'
import type { OutboxRow } from './table.ts'
import { mailText } from './text.ts'

export type ComposeDeps = {
  readonly orders: OrderTable
  readonly paymentTable: Pick<PaymentTable, 'get'>
  /** Where to transfer money to, line by line. */
  readonly bankDetails: readonly string[]
  readonly links: OrderLinks
  readonly viewLinks: ViewLinks
  readonly users: UserTable
  readonly accountLinks: AccountLinks
  readonly shop: ShopFacts
  /** The invoice that the mail about an event of an order has attached. */
  readonly invoiceFor: InvoiceAttachment
  readonly now: () => Date
}

type AddressedMail = {
  readonly content: MailContent
  readonly to: string | undefined
  readonly attachment?: Attachment | undefined
}

/**
 * The page of the order: a guest's by a new view link, an account's behind sign-in. The token is generated for this mail, so
 * that it is never stored; a mail that is tried again gets another one, and both show the order.
 */
const orderUrl = async ({ viewLinks, shop, now }: ComposeDeps, order: Order): Promise<string> => {
  const path = `/orders/${encodeURIComponent(order.order_id)}`
  const token = isGuestUserId(order.user_id) ? await viewLinks.create(order, now()) : undefined
  const page = new URL(token === undefined ? '/sign-in' : `${path}/view`, shop.publicUrl)
  if (token === undefined) page.searchParams.set('next', path)
  else page.searchParams.set('token', token)
  return page.href
}

const orderContent = async (
  deps: ComposeDeps,
  event: OrderAnnouncement['event'],
  order: Order,
): Promise<MailContent> => {
  const { shop } = deps
  switch (event) {
    case 'order_confirmed':
      return orderConfirmed(order, shop, await orderUrl(deps, order), await paymentOf(deps, order))
    case 'order_shipped':
      return orderShipped(order, shop, await orderUrl(deps, order))
    case 'order_cancelled':
      return orderCancelled(order, shop, await orderUrl(deps, order), await paymentOf(deps, order))
    case 'order_link': {
      // The token is generated here and not when the link is requested, so that it is never stored.
      const token = newSecret()
      await deps.links.save(token, order, deps.now())
      return orderLink(order, shop, token, LINK_MINUTES)
    }
    default:
      return paymentContent(deps, event, order)
  }
}

const paymentOf = async (
  { paymentTable, bankDetails }: ComposeDeps,
  { order_id }: Order,
): Promise<PaymentFacts> => ({ payment: await paymentTable.get(order_id), bankDetails })

const paymentContent = async (
  deps: ComposeDeps,
  event: 'payment_received' | 'payment_refunded' | 'payment_reminder',
  order: Order,
): Promise<MailContent> => {
  const { payment, bankDetails } = await paymentOf(deps, order)
  if (!payment) throw new Undeliverable('the order has no payment')
  const url = await orderUrl(deps, order)
  switch (event) {
    case 'payment_received':
      return paymentReceived(order, payment, deps.shop, url)
    case 'payment_refunded':
      return paymentRefunded(order, payment, deps.shop, url)
    case 'payment_reminder':
      if (outstanding(payment) === 0) throw new Undeliverable('the order is paid or canceled')
      return paymentReminder(order, { payment, bankDetails }, deps.shop, url)
  }
}

const composeOrderMail = async (deps: ComposeDeps, announced: OrderAnnouncement): Promise<AddressedMail> => {
  const order = await deps.orders.get(announced.user_id, announced.order_id)
  if (!order) throw new Undeliverable('the order does not exist')
  return {
    content: await orderContent(deps, announced.event, order),
    to: order.email,
    attachment: await deps.invoiceFor(announced.event, announced.order_id),
  }
}

const accountContent = async (
  deps: ComposeDeps,
  { event, email, seal, change }: AccountAnnouncement & { event: Exclude<AccountEvent, 'account_erased'> },
  user: User,
): Promise<MailContent> => {
  const { publicUrl, name } = deps.shop
  const linkTo = async (path: string, purpose: LinkPurpose): Promise<account.MailedLink> => {
    const token = await deps.accountLinks.create(
      purpose,
      { user_id: user.user_id, email: email ?? user.email, passwordFingerprint: seal },
      deps.now(),
    )
    const page = new URL(path, publicUrl)
    page.searchParams.set('token', token)
    return { url: page.href, minutes: ACCOUNT_LINK_MINUTES[purpose] }
  }
  switch (event) {
    case 'verify_email':
      return account.verifyEmail(await linkTo('/verify-email', 'verify_email'), name)
    case 'reset_password':
      return account.resetPassword(await linkTo('/reset-password', 'reset_password'))
    case 'change_email':
      return (await deps.users.idByEmail(email ?? user.email)) === undefined
        ? account.changeEmail(await linkTo('/confirm-address', 'change_email'), name, maskedEmail(user.email))
        : account.emailTaken(name, new URL('/sign-in', publicUrl).href)
    case 'account_exists':
      return account.accountExists(
        new URL('/sign-in', publicUrl).href,
        new URL('/forgot-password', publicUrl).href,
      )
    case 'email_changed':
      return account.emailChanged(readableEmail(user.email), name)
    case 'password_changed':
      return account.passwordChanged(new URL('/forgot-password', publicUrl).href, name)
    case 'account_changed':
      if (change === undefined) throw new Undeliverable('the row must name the change')
      return account.accountChanged(change, new URL('/forgot-password', publicUrl).href, name)
  }
}

const composeAccountMail = async (
  deps: ComposeDeps,
  announced: AccountAnnouncement,
): Promise<AddressedMail> => {
  // Told when the account is gone: its row is the only one that has the email.
  const { event } = announced
  if (event === 'account_erased')
    return { content: account.accountErased(deps.shop.name), to: announced.email }
  const user = await deps.users.get(announced.user_id)
  if (!user) throw new Undeliverable('the account does not exist')
  return {
    content: await accountContent(deps, { ...announced, event }, user),
    to: announced.email ?? user.email,
  }
}

/** Composes the mail of a row, as HTML and text. Throws Undeliverable where no later try would succeed either. */
export const createComposer =
  (deps: ComposeDeps) =>
  async ({ id, item }: OutboxRow): Promise<Mail> => {
    const { data: announced } = Announcement.safeParse(item)
    if (!announced) throw new Undeliverable('the row must name a known event')
    const {
      content,
      to: recipient,
      attachment,
    } = 'order_id' in announced
      ? await composeOrderMail(deps, announced)
      : await composeAccountMail(deps, announced)
    const to = normalizeEmail(recipient ?? '')
    if (to === undefined) throw new Undeliverable('the recipient must have a valid email address')
    return {
      id,
      to,
      subject: oneLine(content.subject),
      html: await mailHtml(content, deps.shop),
      text: mailText(content, deps.shop),
      ...(attachment ? { attachments: [attachment] } : {}),
    }
  }
