/** The users table and the guards of its addresses in control: the only file that knows their attributes and keys. */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'
import { User } from './schema.ts'

/** What may change of an account besides its address; null takes an attribute away. */
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

export const createUserTable = (db: Dynamo, names: TableNames): UserTable => {
  const table = names.users

  const get = async (userId: string): Promise<User | undefined> =>
    User.safeParse(await db.get(table, { user_id: userId })).data

  /** The id of the account of a normalised address, found through its guard, consistently. */
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

  /** A new account with the guard of its address: both or neither, so that an address has one account. */
  const create = (user: User): Write[] => [
    { action: 'Put', table, item: user, condition: 'attribute_not_exists(user_id)' },
    reserveEmail(user.email, user.user_id),
  ]

  /** Moves an account to another normalised address, if it still has the one that was seen. */
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

  /** Changes attributes of an account that is there; null takes one away, what is not named stays. */
  const change = (userId: string, changes: AccountChange): Write => {
    const named = Object.entries(changes).filter(([, value]) => value !== undefined)
    const kept = named.filter(([, value]) => value !== null)
    const gone = named.filter(([, value]) => value === null)
    const sets = kept.map(([name]) => `#${name} = :${name}`)
    const removes = gone.map(([name]) => `#${name}`)
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
      ...(kept.length > 0
        ? { values: Object.fromEntries(kept.map(([name, value]) => [`:${name}`, value])) }
        : {}),
    }
  }

  /** Takes the account away, with the guard of its address, which is then free again. */
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

  /** Every row, as the account that it is, if it is one; a scan, for the shop's people alone. */
  const scan = async function* (): AsyncGenerator<{ user_id: string; user: User | undefined }> {
    for await (const items of db.scan(table))
      for (const item of items) yield { user_id: String(item.user_id), user: User.safeParse(item).data }
  }

  /** Every guard, by a scan of control. */
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
    update: change,
    remove,
    reserveEmail,
    releaseEmail,
    scan,
    scanEmailReservations,
  }
}
