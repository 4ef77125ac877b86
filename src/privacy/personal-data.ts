/** Every place where the shop holds personal data: the one list of what an export contains and an erasure deletes. */

import type { AuthRecords, StoredRecord } from '../accounts/auth/records.ts'
import type { AccountDeps } from '../accounts/deps.ts'
import { listAddresses } from '../accounts/profile/service.ts'
import type { User } from '../accounts/schema.ts'
import { auditTrail } from '../core/audit.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item } from '../core/dynamo/write.ts'
import { OUTBOX_PARTITIONS } from '../core/outbox.ts'
import type { InvoiceTable } from '../invoices/table.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import type { OrderPage, OrderTable } from '../orders/table.ts'
import type { ViewLinks } from '../orders/view-links.ts'
import type { CheckoutTable } from '../payments/checkout-table.ts'
import type { InvoicePermissions } from '../payments/invoice-permission.ts'
import { checkoutsOf, readableCheckout } from '../payments/personal-checkouts.ts'
import type { PaymentTable } from '../payments/table.ts'
import { readableItem } from './readable-item.ts'

/** Orders of a person, and items among them that cannot be read as orders. */
export type OwnOrders = Omit<OrderPage, 'next'>

export type PersonalDataDeps = AccountDeps & {
  readonly orders: OrderTable
  readonly viewLinks: ViewLinks
  readonly checkouts: CheckoutTable
  readonly paymentTable: PaymentTable
  readonly invoicePermissions: Pick<InvoicePermissions, 'isAllowed'>
  readonly invoices: Pick<InvoiceTable, 'list'>
}

const SIGN_IN_MODELS = ['account', 'twoFactor', 'passkey'] as const
const PAGE = 100

const collect = async <T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> => {
  const found: T[] = []
  for await (const page of pages) found.push(...page)
  return found
}

export const readCarts = ({ db, names }: PersonalDataDeps, userId: string): Promise<Item[]> =>
  collect(
    db.pages({
      table: names.carts,
      where: 'user_id = :id',
      values: { ':id': userId },
      consistent: true,
    }),
  )

/** Orders of the account, and orders that guests placed with its email. `email` is undefined unless it is verified. */
export const readOrders = async (
  { orders }: PersonalDataDeps,
  userId: string,
  email: string | undefined,
): Promise<OwnOrders> => {
  const found = new Map<string, Order>()
  const unreadable = new Map<string, Item>()
  const add = (page: OwnOrders): void => {
    for (const order of page.orders) found.set(order.order_id, order)
    for (const item of page.unreadable) unreadable.set(String(item.order_id), item)
  }
  const all = (): OwnOrders => ({ orders: [...found.values()], unreadable: [...unreadable.values()] })
  let after: Awaited<ReturnType<OrderTable['listByUser']>>['next']
  do {
    const page = await orders.listByUser(userId, PAGE, after)
    add(page)
    after = page.next
  } while (after)
  if (email === undefined) return all()
  let before: string | undefined
  for (;;) {
    const page = await orders.listByEmail(email, PAGE, before)
    add(page)
    const last = page.last
    if (!page.more || last === undefined) return all()
    before = last
  }
}

/** Mails of the outbox and dead letters about these accounts or their orders. */
export const readPendingMails = async (
  { db, names }: PersonalDataDeps,
  userIds: ReadonlySet<string>,
): Promise<Item[]> => {
  const found: Item[] = []
  for (const pk of [...OUTBOX_PARTITIONS, CONTROL_ROWS.deadLetter.pk])
    for await (const page of db.pages({ ...partition(names.control, pk), consistent: false }))
      found.push(...page.filter(({ user_id }) => userIds.has(String(user_id))))
  return found
}

/** When links were mailed that show one of these orders; their tokens are stored as hashes, which are left out. */
const readOrderLinks = async ({ viewLinks }: PersonalDataDeps, orders: readonly Order[]): Promise<Item[]> => {
  const found: Item[] = []
  for (const { order_id } of orders)
    for (const { created_at } of await viewLinks.list(order_id)) found.push({ order_id, created_at })
  return found
}

/** Payments of these orders, with their refunds, disputes and entries; without what names them at the provider. */
const readPayments = async (
  { paymentTable }: PersonalDataDeps,
  orders: readonly Pick<Order, 'order_id'>[],
): Promise<Item[]> => {
  const found: Item[] = []
  for (const order_id of new Set(orders.map(one => one.order_id))) {
    const records = await paymentTable.records(order_id)
    if (!records) continue
    const { payment, ...rest } = records
    const rows = Object.entries(rest).map(([name, all]) => [
      name,
      all.map(one => without(one, ['ref', 'request_hash', 'actor', 'reference'])),
    ])
    found.push({ ...without(payment, ['ref']), ...Object.fromEntries(rows) })
  }
  return found
}

/** The invoices and credit notes of these orders. An erasure leaves them, because the law wants them kept; they end by themselves. */
const readInvoices = async ({ invoices }: PersonalDataDeps, orders: readonly Order[]): Promise<Item[]> => {
  const found: Item[] = []
  for (const { order_id } of orders)
    for (const { currency, ...invoice } of await invoices.list(order_id))
      found.push(readableItem({ ...invoice, amounts_in: `minor units of ${currency}` }))
  return found
}

/** Records that allow to sign in: sessions, password, second factors, passkeys, and identities of other issuers. */
export const readSignInRecords = async (
  records: AuthRecords,
  userId: string,
): Promise<{ readonly model: string; readonly stored: StoredRecord }[]> => {
  const found = []
  for (const model of [...SIGN_IN_MODELS, 'session'])
    for (const stored of await records.byField(model, 'userId', userId)) found.push({ model, stored })
  return found
}

const without = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))

/** Fields that the export leaves out: secrets are listed in the export, but their values are omitted. */
const SECRETS = ['token', 'password', 'secret', 'backupCodes', 'publicKey', 'pk', 'sk', 'revision']

/** All personal data of the account. `isConfirmed` is whether its email is verified: then orders of guests belong to it. */
export const exportPersonalData = async (deps: PersonalDataDeps, user: User, isConfirmed: boolean) => {
  const { db, names, records, now } = deps
  const { user_id } = user
  const [signIn, auth, { orders, unreadable }] = [
    await readSignInRecords(records, user_id),
    await records.byId('user', user_id),
    await readOrders(deps, user_id, isConfirmed ? user.email : undefined),
  ]
  const checkouts = await checkoutsOf(deps, user_id, isConfirmed ? user.email : undefined)
  const audit: Item[] = []
  for await (const entry of auditTrail(db, names.control, `account:${user_id}`)) audit.push({ ...entry })
  const ofModel = (model: string) =>
    signIn
      .filter(one => one.model === model)
      .map(({ stored }) => readableItem(without(stored.record, SECRETS)))
  return {
    made_at: now().toISOString(),
    profile: user,
    addresses: await listAddresses(deps, user_id),
    sessions: ofModel('session'),
    sign_in: {
      confirmed: isConfirmed,
      ...readableItem(without(auth?.record ?? {}, [...SECRETS, 'name', 'id', 'email'])),
      credentials: ofModel('account'),
      second_factors: ofModel('twoFactor'),
      passkeys: ofModel('passkey'),
    },
    carts: (await readCarts(deps, user_id)).map(readableItem),
    orders: orders.map(order => ({ order_number: orderNumber(order.order_id), ...order })),
    /** As they are stored. */
    unreadableOrders: unreadable.map(readableItem),
    payments: (await readPayments(deps, [...orders, ...checkouts])).map(readableItem),
    checkouts: checkouts.map(checkout => readableItem(readableCheckout(checkout))),
    invoice_allowed: await deps.invoicePermissions.isAllowed(user_id),
    invoices: await readInvoices(deps, orders),
    order_links: await readOrderLinks(deps, orders),
    mails_waiting: (await readPendingMails(deps, new Set([user_id]))).map(item =>
      readableItem(without(item, SECRETS)),
    ),
    audit: audit.map(readableItem),
  }
}
