/** The users table and the guards of its addresses in control: the only file that knows their attributes and keys. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'
import { User } from './schema.ts'

export type UserTable = ReturnType<typeof createUserTable>

/** What may change of an account besides its address; null takes an attribute away. */
export type AccountChange = {
  readonly [name in keyof Omit<User, 'user_id' | 'email' | 'created_at'>]?: User[name] | null
}

export const createUserTable = (db: Dynamo, names: TableNames) => {
  const table = names.users
  const guardKey = (email: string) => ({ pk: `email#${email}`, sk: 'email' })

  const get = async (userId: string): Promise<User | undefined> =>
    User.safeParse(await db.get(table, { user_id: userId })).data

  /** The id of the account of a normalised address, found through its guard, consistently. */
  const idOfEmail = async (email: string): Promise<string | undefined> => {
    const guard = await db.get(names.control, guardKey(email))
    return typeof guard?.user_id === 'string' ? guard.user_id : undefined
  }

  const guard = (email: string, userId: string): Write => ({
    action: 'Put',
    table: names.control,
    item: { ...guardKey(email), user_id: userId },
    condition: 'attribute_not_exists(pk)',
  })

  const unguard = (email: string, userId: string): Write => ({
    action: 'Delete',
    table: names.control,
    key: guardKey(email),
    condition: 'user_id = :me',
    values: { ':me': userId },
  })

  /** A new account with the guard of its address: both or neither, so that an address has one account. */
  const create = (user: User): Write[] => [
    { action: 'Put', table, item: user, condition: 'attribute_not_exists(user_id)' },
    guard(user.email, user.user_id),
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
    guard(email, user.user_id),
    unguard(user.email, user.user_id),
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
    unguard(email, user_id),
  ]

  /** Every row, as the account that it is, if it is one; a scan, for the shop's people alone. */
  const all = async function* (): AsyncGenerator<{ user_id: string; user: User | undefined }> {
    for await (const items of db.scan(table))
      for (const item of items) yield { user_id: String(item.user_id), user: User.safeParse(item).data }
  }

  /** Every guard, by a scan of control. */
  const guards = async function* (): AsyncGenerator<{ email: string; user_id: string }> {
    for await (const items of db.scan(names.control))
      for (const { pk, sk, user_id } of items)
        if (sk === 'email') yield { email: String(pk).slice('email#'.length), user_id: String(user_id) }
  }

  return { get, idOfEmail, create, changeEmail, change, remove, guard, unguard, all, guards }
}
