/**
 * Erasure of a person's data. A tombstone is written first and stays: an interrupted erasure is finished at the next start, and
 * one that a restored backup has undone is repeated by `cloudshelf erasures apply`. Every step is idempotent.
 */
import { announceAccountMail } from '../accounts/account-mails.ts'
import type { KnownDevices } from '../accounts/known-devices.ts'
import { auditWrites } from '../core/audit.ts'
import { AUTH_ROWS } from '../core/control/auth-rows.ts'
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { type CapturedKey, uniqueKeys } from '../core/dynamo/capture.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import {
  type PersonalDataDeps,
  readCarts,
  readOrders,
  readPendingMails,
  readSignInRecords,
} from './personal-data.ts'

export type EraseDeps = PersonalDataDeps & {
  readonly devices: KnownDevices
  /** Deletes mails that are stored on this machine: to this email, or about these accounts and orders. */
  readonly deleteSentMails: (email: string, about: readonly string[]) => Promise<void>
  /** Notes the erasure outside of the tables, where backups of them are kept, so that a restore repeats it. */
  readonly listErasure: (userId: string, at: Date) => Promise<void>
  /** Ends the person's checkouts, and removes what identifies them; false where that is to be tried again, or by another process. */
  readonly endCheckouts: (userId: string, email: string | undefined) => Promise<boolean>
  /** PostgreSQL beside DynamoDB, where there is one. */
  readonly projection?: ErasedProjection | undefined
}

export type ErasedProjection = {
  /** Makes it say of these items what the tables say; false where that is not possible now, or not known to be done. */
  readonly applied: (keys: readonly CapturedKey[]) => Promise<boolean>
}

/** An erasure that goes on: whether the person learns of it by mail, and the items of which PostgreSQL has not been told yet. */
type Progress = { readonly tell: boolean; readonly unapplied: readonly CapturedKey[] }

const noteOf = ({ names }: PersonalDataDeps, userId: string) => ({
  table: names.control,
  key: CONTROL_ROWS.erasure.key(userId),
})

/**
 * Deletes the account and all its personal data, except what the law requires to keep: what orders say without the person, and
 * invoices with the name and address on them, which from here on only admins see, and which end by themselves.
 */
export const erasePerson = async (deps: EraseDeps, userId: string): Promise<void> => {
  const { table, key } = noteOf(deps, userId)
  const act = { actor: userId, what: 'account.erase', subject: `account:${userId}` }
  const now = deps.now()
  const item: Item = { ...key, state: 'begun', at: now.toISOString() }
  await deps.db.transact([{ action: 'Put', table, item }, ...auditWrites(table, act, now)])
  await deps.listErasure(userId, now)
  await finish(deps, userId, { tell: true, unapplied: [] })
}

const finish = async (deps: EraseDeps, userId: string, { tell, unapplied }: Progress): Promise<void> => {
  const { db, records, users, devices, deleteSentMails } = deps
  const [user, auth] = [await users.get(userId), await records.byId('user', userId)]
  // Sign-in is ended first. The account's own row is deleted last, because a repeated erasure needs its email.
  await endSignIn(deps, userId)
  const confirmed = auth?.record.emailVerified === true ? user?.email : undefined
  // Before the orders are read: one that was paid meanwhile becomes an order.
  const haveEnded = await deps.endCheckouts(userId, confirmed)
  const { orders, unreadable } = await readOrders(deps, userId, confirmed)
  const orderIds = new Set([...orders, ...unreadable].map(({ order_id }) => String(order_id)))
  const owners = new Set([userId, ...[...orders, ...unreadable].map(({ user_id }) => String(user_id))])
  const carts = await readCarts(deps, userId)
  const keys = uniqueKeys([...unapplied, ...projectedKeys(deps, userId, carts, [...orders, ...unreadable])])
  await rememberUnapplied(deps, userId, keys)
  await writeAll(deps, [
    ...carts.map(({ user_id, cart_id }) => remove(deps.names.carts, { user_id, cart_id })),
    ...(await ownRows(deps, userId)),
    ...(await readPendingMails(deps, owners))
      .filter(mail => concerns(mail, userId, orderIds) && !isGoodbye(mail))
      .map(({ pk, sk }) => remove(deps.names.control, { pk, sk })),
    ...(await Promise.all(orders.map(order => deps.viewLinks.removals(order.order_id)))).flat(),
    ...orders.flatMap(order => deps.orders.restrict(order)),
    ...unreadable.flatMap(item => deps.orders.restrictUnreadable(item)),
  ])
  if (user) {
    await deleteSentMails(user.email, [userId, ...orderIds])
    await devices.forget(user.email)
    await wasApplied(
      db.transact([
        ...users.remove(user),
        remove(deps.names.control, AUTH_ROWS.user.key(userId)),
        // The last mail, written with what makes it true: until it is sent, the only row with the email.
        ...(tell ? [announceAccountMail(deps, 'account_erased', userId, { email: user.email })] : []),
      ]),
    )
  }
  // A sign-in at the same time may have created records; from here on none can.
  await endSignIn(deps, userId)
  const isApplied = deps.projection === undefined || (await deps.projection.applied(keys))
  // It stays begun, and is finished when PostgreSQL and the payment provider can be reached again.
  if (!isApplied || !haveEnded) return
  const { table, key } = noteOf(deps, userId)
  const done = { ...key, state: 'done', at: deps.now().toISOString() }
  await db.transact([{ action: 'Put', table, item: done }])
}

/** The items of this person that PostgreSQL has rows of. */
const projectedKeys = (
  { names }: PersonalDataDeps,
  userId: string,
  carts: readonly Item[],
  orders: readonly Item[],
): CapturedKey[] => [
  { table: names.users, key: { user_id: userId } },
  ...carts.map(({ user_id, cart_id }) => ({
    table: names.carts,
    key: { user_id: String(user_id), cart_id: String(cart_id) },
  })),
  ...orders.map(({ user_id, order_id }) => ({
    table: names.orders,
    key: { user_id: String(user_id), order_id: String(order_id) },
  })),
]

/** Notes at the tombstone which items a repetition would not find: carts, which are deleted, and orders of the person as a guest. */
const rememberUnapplied = async (
  deps: EraseDeps,
  userId: string,
  keys: readonly CapturedKey[],
): Promise<void> => {
  const { names, db, projection, now } = deps
  const unapplied = keys.filter(({ table, key }) => table === names.carts || key.user_id !== userId)
  if (projection === undefined || unapplied.length === 0) return
  const { table, key } = noteOf(deps, userId)
  const item = { ...key, state: 'begun', at: now().toISOString(), unapplied }
  await db.transact([{ action: 'Put', table, item }])
}

/** Deletes everything that allows to sign in: sessions, password, second factors, passkeys, links to other issuers. */
const endSignIn = async ({ db, records }: EraseDeps, userId: string): Promise<void> => {
  for (const { model, stored } of await readSignInRecords(records, userId))
    await wasApplied(db.transact(records.removalWrites(model, { ...stored, revision: undefined })))
}

const remove = (table: string, key: Item): Write => ({ action: 'Delete', table, key })

/** Whether this is the mail that tells of the erasure, and is still to be sent: also when the erasure is repeated. */
const isGoodbye = ({ event, state }: Item): boolean =>
  event === 'account_erased' && (state === 'PENDING' || state === 'SENDING')

/** Whether a mail is about the account or one of these orders. */
const concerns = ({ user_id, order_id }: Item, userId: string, orderIds: ReadonlySet<string>): boolean =>
  user_id === userId || orderIds.has(String(order_id))

/** Deletes the account's other rows in control: saved addresses, permissions and a role. */
const ownRows = async ({ db, names }: PersonalDataDeps, userId: string): Promise<Write[]> => {
  const own = AUTH_ROWS.user.key(userId)
  const rows: Item[] = []
  for await (const page of db.pages(partition(names.control, own.pk))) rows.push(...page)
  return [
    ...rows.filter(({ sk }) => sk !== own.sk).map(({ pk, sk }) => remove(names.control, { pk, sk })),
    remove(names.control, CONTROL_ROWS.staffRole.key(userId)),
  ]
}

const MANY = 50

const writeAll = async ({ db }: PersonalDataDeps, writes: readonly Write[]): Promise<void> => {
  for (let i = 0; i < writes.length; i += MANY) await db.transact(writes.slice(i, i + MANY))
}

type Tombstone = {
  readonly userId: string
  readonly isDone: boolean
  readonly at: string
  readonly unapplied: readonly CapturedKey[]
}

/** The tombstones of all accounts that are being or were erased. */
export const tombstones = async function* ({
  db,
  names,
}: Pick<EraseDeps, 'db' | 'names'>): AsyncGenerator<Tombstone> {
  for await (const page of db.pages(partition(names.control, CONTROL_ROWS.erasure.pk)))
    for (const { sk, state, at, unapplied = [] } of page)
      yield {
        userId: String(sk),
        isDone: state === 'done',
        at: String(at),
        unapplied: unapplied as readonly CapturedKey[],
      }
}

/** Finishes interrupted erasures; with `again`, repeats all erasures. Returns how many. */
export const resumeErasures = async (
  deps: EraseDeps,
  { again = false }: { readonly again?: boolean } = {},
): Promise<number> => {
  let count = 0
  for await (const { userId, isDone, unapplied } of tombstones(deps))
    if (again || !isDone) {
      await finish(deps, userId, { tell: !isDone, unapplied })
      count++
    }
  return count
}

/** Repeats all erasures, and those of these accounts, of which a restored backup may know nothing. Sends no mail. Returns how many. */
export const repeatErasures = async (deps: EraseDeps, userIds: readonly string[]): Promise<number> => {
  const all = new Map<string, Tombstone['unapplied']>(userIds.map(userId => [userId, []]))
  for await (const { userId, unapplied } of tombstones(deps)) all.set(userId, unapplied)
  for (const [userId, unapplied] of all) await finish(deps, userId, { tell: false, unapplied })
  return all.size
}
