/** The users table, with the uniqueness records that reserve an email for one account: the only file that knows their attributes. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { anonymousId } from '../core/unreadable-rows.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import { User } from './schema.ts'

/** Changes of an account other than its email; null removes an attribute. */
export type AccountChange = {
  readonly [name in keyof Omit<User, 'user_id' | 'email' | 'created_at'>]?: User[name] | null
}

export type UserTable = {
  readonly get: (userId: string) => Promise<User | undefined>
  /** The id of the account with this normalized email, by its reservation, read consistently. */
  readonly idByEmail: (email: string) => Promise<string | undefined>
  /** Writes that create an account together with the reservation of its email: both or neither. */
  readonly create: (user: User) => Write[]
  /** Writes that change the email of an account, if it still has the one that was read. */
  readonly changeEmail: (user: User, email: string) => Write[]
  /** Changes attributes of an existing account; null removes one, attributes that are not named stay. */
  readonly update: (userId: string, changes: AccountChange) => Write
  /** Writes that delete an account and release its email. */
  readonly remove: (user: User) => Write[]
  /** Reserves a normalized email for one account; refused where it is reserved already. */
  readonly reserveEmail: (email: string, userId: string) => Write
  /** Releases an email that is reserved for this account. */
  readonly releaseEmail: (email: string, userId: string) => Write
  /** Every row of the users table; `user` is undefined where the row is not a valid account. For `cloudshelf doctor`. */
  readonly scan: () => AsyncGenerator<{ user_id: string; user: User | undefined }>
  /** Every reservation, by a scan of the control table. For `cloudshelf doctor`. */
  readonly scanEmailReservations: () => AsyncGenerator<{ email: string; user_id: string }>
}

export const createUserTable = ({ db, names, unreadable }: Omit<TableDeps, 'currency'>): UserTable => {
  const table = names.users

  const parseUser = (item: Item): User | undefined =>
    unreadable.read(User, item, { kind: 'account', id: anonymousId(String(item.user_id)) })

  const get = async (userId: string): Promise<User | undefined> => {
    const item = await db.get(table, { user_id: userId })
    return item && parseUser(item)
  }

  const idByEmail = async (email: string): Promise<string | undefined> => {
    const reservation = await db.get(names.control, CONTROL_ROWS.emailReservation.key(email))
    return typeof reservation?.user_id === 'string' ? reservation.user_id : undefined
  }

  const reserveEmail = (email: string, userId: string): Write => ({
    action: 'Put',
    table: names.control,
    item: { ...CONTROL_ROWS.emailReservation.key(email), user_id: userId },
    condition: 'attribute_not_exists(pk)',
  })

  const releaseEmail = (email: string, userId: string): Write => ({
    action: 'Delete',
    table: names.control,
    key: CONTROL_ROWS.emailReservation.key(email),
    condition: 'user_id = :me',
    values: { ':me': userId },
  })

  const create = (user: User): Write[] => [
    { action: 'Put', table, item: user, condition: 'attribute_not_exists(user_id)' },
    reserveEmail(user.email, user.user_id),
  ]

  const changeEmail = (user: User, email: string): Write[] => [
    {
      action: 'Update',
      table,
      key: { user_id: user.user_id },
      set: 'SET email = :to',
      condition: 'email = :from',
      values: { ':from': user.email, ':to': email },
    },
    reserveEmail(email, user.user_id),
    releaseEmail(user.email, user.user_id),
  ]

  const update = (userId: string, changes: AccountChange): Write => {
    const named = Object.entries(changes).filter(([, value]) => value !== undefined)
    const set = named.filter(([, value]) => value !== null)
    const removed = named.filter(([, value]) => value === null)
    const sets = set.map(([name]) => `#${name} = :${name}`)
    const removes = removed.map(([name]) => `#${name}`)
    return {
      action: 'Update',
      table,
      key: { user_id: userId },
      set: [
        ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
        ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
      ].join(' '),
      condition: 'attribute_exists(user_id)',
      names: Object.fromEntries(named.map(([name]) => [`#${name}`, name])),
      ...(set.length > 0
        ? { values: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])) }
        : {}),
    }
  }

  const remove = ({ user_id, email }: User): Write[] => [
    {
      action: 'Delete',
      table,
      key: { user_id },
      condition: 'email = :email',
      values: { ':email': email },
    },
    releaseEmail(email, user_id),
  ]

  const scan = async function* (): AsyncGenerator<{ user_id: string; user: User | undefined }> {
    for await (const items of db.scan(table))
      for (const item of items) yield { user_id: String(item.user_id), user: parseUser(item) }
  }

  const scanEmailReservations = async function* (): AsyncGenerator<{ email: string; user_id: string }> {
    for await (const items of db.scan(names.control))
      for (const item of items)
        if (CONTROL_ROWS.emailReservation.matches(item))
          yield { email: CONTROL_ROWS.emailReservation.idOf(item.pk), user_id: String(item.user_id) }
  }

  return {
    get,
    idByEmail,
    create,
    changeEmail,
    update,
    remove,
    reserveEmail,
    releaseEmail,
    scan,
    scanEmailReservations,
  }
}
