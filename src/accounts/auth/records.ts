/**
 * Records of the sign-in library in DynamoDB. A record is one row of control; each field with a lookup has a pointer row, written
 * in the same transaction. The specification's attributes of a user are stored only in the users table. The token of a session
 * is never stored: its row is found by the token's hash.
 */
import { AUTH_ROWS, authPointersOf, authRowsOf } from '../../core/control/auth-rows.ts'
import { partition } from '../../core/control/row-kind.ts'
import { rejectionOf } from '../../core/dynamo/conditional.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import { type Item, orShopError, type Write } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { newVersion, sha256 } from '../../core/ids.ts'
import type { TableNames } from '../../tables/definitions.ts'
import type { UserTable } from '../table.ts'
import { isUserTableField, recordFromUser, userFromRecord } from './user-fields.ts'
import type { AuthRecord } from './where-filter.ts'

const HASHED = 'hashed:'
/** A record with the revision of its last write, on which a change is conditional (optimistic locking). */
export type StoredRecord = {
  readonly record: AuthRecord
  /** Empty when there is no row yet; undefined for an unconditional change. */
  readonly revision: string | undefined
}

type Replacement = [model: string, seen: StoredRecord, record: AuthRecord, more?: readonly Write[]]

const tokenHash = (token: unknown): string =>
  String(token).startsWith(HASHED) ? String(token).slice(HASHED.length) : sha256(String(token))

const expiryOf = ({ expiresAt }: AuthRecord): Item =>
  typeof expiresAt === 'string' ? { expires_at: Math.ceil(Date.parse(expiresAt) / 1000) } : {}

const taken = () => new ShopError('account_exists', 'This account already exists.')

/**
 * The library's records, by model (`user`, `session`, `account`, `verification`, `twoFactor`, `passkey`). The functions named
 * `…Writes` return writes for a transaction of the caller; `create`, `replace` and `remove` carry them out.
 */
export type AuthRecords = {
  /** Writes that create a record; refused with account_exists where the id or a unique field is taken. */
  readonly creationWrites: (model: string, record: AuthRecord) => Write[]
  /** Writes that replace a record, if it is still as it was read. */
  readonly replacementWrites: (model: string, seen: StoredRecord, record: AuthRecord) => Write[]
  /** Writes that delete a record, if it is still as it was read. */
  readonly removalWrites: (model: string, seen: StoredRecord) => Write[]
  /** `more`: writes of the same transaction, as in `replace`. Throws account_exists. */
  readonly create: (model: string, record: AuthRecord, more?: readonly Write[]) => Promise<void>
  /** False when the record was changed since it was read. Throws account_exists. */
  readonly replace: (...given: Replacement) => Promise<boolean>
  /** False when the record was changed since it was read. */
  readonly remove: (model: string, seen: StoredRecord) => Promise<boolean>
  readonly byId: (model: string, id: string) => Promise<StoredRecord | undefined>
  /** Records with this value in a field that `AUTH_POINTERS` names. */
  readonly byField: (model: string, field: string, value: unknown) => Promise<StoredRecord[]>
  /** The user of a normalized email. An unknown email costs the same calls. */
  readonly byEmail: (email: string) => Promise<StoredRecord | undefined>
  /** As `byEmail`, where the password is read next: for an unknown email, a password that does not exist is read. */
  readonly byEmailForSignIn: (email: string) => Promise<StoredRecord | undefined>
  readonly bySessionToken: (token: string) => Promise<StoredRecord | undefined>
  /** Whether records can be found by this field without a scan. */
  readonly isLookup: (model: string, field: string) => boolean
  /** Every record of a model. Only for the library's own test suite, which queries by any field. */
  readonly scan: (model: string) => Promise<StoredRecord[]>
}

export const createAuthRecords = (db: Dynamo, names: TableNames, users: UserTable): AuthRecords => {
  const table = names.control

  const keyOf = (model: string, record: AuthRecord) =>
    authRowsOf(model).key(model === 'session' ? tokenHash(record.token) : String(record.id))

  const pointerBy = (model: string, field: string) => authPointersOf(model).find(one => one.field === field)

  const stored = (model: string, item: Item, token?: string): StoredRecord => {
    const { pk, sk: _, revision, expires_at: __, ...fields } = item
    const hash = { token: token ?? `${HASHED}${AUTH_ROWS.session.idOf(pk)}` }
    return { record: model === 'session' ? { ...fields, ...hash } : fields, revision: String(revision) }
  }

  /** The record of a user, combined from the users table and control. */
  const user = async (userId: string): Promise<StoredRecord | undefined> => {
    const [account, item] = await Promise.all([
      users.get(userId),
      db.get(table, keyOf('user', { id: userId })),
    ])
    if (!account) return undefined
    const { record, revision } = item ? stored('user', item) : { record: {}, revision: '' }
    return { record: { ...record, ...recordFromUser(account) }, revision }
  }

  const row = (model: string, record: AuthRecord, revision: string): Item => {
    const { token: _, ...fields } = record
    const kept = Object.entries(model === 'session' ? fields : record).filter(
      ([name, value]) => value !== undefined && !(model === 'user' && isUserTableField(name)),
    )
    return { ...keyOf(model, record), ...Object.fromEntries(kept), revision, ...expiryOf(record) }
  }

  /** The pointer rows of this record, for the lookup fields in which it differs from `other`. */
  const pointersOf = (model: string, record: AuthRecord, other: AuthRecord = {}) => {
    const at = keyOf(model, record).pk
    return authPointersOf(model).flatMap(({ field, unique, key }) => {
      const value = record[field] ?? null
      if (value === null || value === other[field]) return []
      return [{ key: key(String(value), unique ? model : at), at, unique }]
    })
  }

  const point = (model: string, record: AuthRecord, before?: AuthRecord): Write[] =>
    pointersOf(model, record, before).map(({ key, at, unique }) => ({
      action: 'Put',
      table,
      item: { ...key, at, ...expiryOf(record) },
      ...(unique ? { condition: 'attribute_not_exists(pk)', refused: taken } : {}),
    }))

  const unpoint = (model: string, record: AuthRecord, after?: AuthRecord): Write[] =>
    pointersOf(model, record, after).map(({ key }) => ({ action: 'Delete', table, key }))

  const creationWrites = (model: string, record: AuthRecord): Write[] => {
    const put: Write = {
      action: 'Put',
      table,
      item: row(model, record, newVersion()),
      condition: 'attribute_not_exists(pk)',
      refused: taken,
    }
    const account =
      model === 'user' ? users.create(userFromRecord(record)).map(one => ({ ...one, refused: taken })) : []
    return [...account, put, ...point(model, record)]
  }

  const create: AuthRecords['create'] = (model, record, more = []) =>
    orShopError(db.transact([...creationWrites(model, record), ...more]))

  const fetch = async (model: string, pks: readonly string[]): Promise<StoredRecord[]> => {
    const items = await db.batchGet(
      table,
      pks.map(pk => ({ pk, sk: authRowsOf(model).sortPrefix })),
    )
    return items.map(item => stored(model, item))
  }

  const byId = async (model: string, id: string): Promise<StoredRecord | undefined> => {
    if (model === 'user') return user(id)
    if (model === 'session') return (await byField(model, 'id', id))[0]
    const item = await db.get(table, keyOf(model, { id }))
    return item && stored(model, item)
  }

  const bySessionToken = async (token: string): Promise<StoredRecord | undefined> => {
    const item = await db.get(table, AUTH_ROWS.session.key(tokenHash(token)))
    return item && stored('session', item, token)
  }

  // Against a timing attack, an unknown email costs the same calls as a known one.
  const byEmail = async (email: string): Promise<StoredRecord | undefined> => {
    const known = await users.idByEmail(email)
    const found = await user(known ?? 'user-nobody')
    return known === undefined ? undefined : found
  }

  const byEmailForSignIn = async (email: string): Promise<StoredRecord | undefined> => {
    const found = await byEmail(email)
    if (!found) await byField('account', 'userId', 'user-nobody')
    return found
  }

  const isLookup = (model: string, field: string): boolean => pointerBy(model, field) !== undefined

  const byField = async (model: string, field: string, value: unknown): Promise<StoredRecord[]> => {
    const pointer = pointerBy(model, field)
    if (!pointer) throw new TypeError(`no row points to a ${model} by ${field}`)
    const found: string[] = []
    for await (const page of db.pages(partition(table, pointer.pk(String(value)))))
      found.push(...page.map(({ at }) => String(at)))
    // Against a timing attack, a user without a password costs the same calls as one with it.
    if (model === 'account' && found.length === 0) found.push(AUTH_ROWS.account.key('nobody').pk)
    return fetch(model, found)
  }

  const scan = async (model: string): Promise<StoredRecord[]> => {
    const found: StoredRecord[] = []
    for await (const page of db.scan(model === 'user' ? names.users : table))
      for (const item of page) {
        if (model === 'user')
          found.push(...[await user(String(item.user_id))].filter(one => one !== undefined))
        else if (item.sk === model && item.revision !== undefined) found.push(stored(model, item))
      }
    return found
  }

  const asSeen = ({ revision }: StoredRecord) =>
    revision === undefined
      ? {}
      : revision === ''
        ? { condition: 'attribute_not_exists(pk)' }
        : { condition: 'revision = :seen', values: { ':seen': revision } }

  const removalWrites = (model: string, seen: StoredRecord): Write[] => [
    { action: 'Delete', table, key: keyOf(model, seen.record), ...asSeen(seen) },
    ...unpoint(model, seen.record),
    ...(model === 'user' ? users.remove(userFromRecord(seen.record)) : []),
  ]

  const remove: AuthRecords['remove'] = (model, seen) => succeeds(removalWrites(model, seen))

  const replacementWrites = (model: string, seen: StoredRecord, record: AuthRecord): Write[] => [
    { action: 'Put', table, item: row(model, record, newVersion()), ...asSeen(seen) },
    ...unpoint(model, seen.record, record),
    ...point(model, record, seen.record),
    ...(model === 'user' ? userChange(seen.record, record) : []),
  ]

  const replace: AuthRecords['replace'] = (model, seen, record, more = []) =>
    succeeds([...replacementWrites(model, seen, record), ...more])

  const userChange = (before: AuthRecord, after: AuthRecord): Write[] => {
    const [old, next] = [userFromRecord(before), userFromRecord(after)]
    const { user_id: _, email: __, created_at: ___, ...kept } = next
    const gone = Object.keys(old).filter(name => !Object.hasOwn(next, name))
    const changes = { ...Object.fromEntries(gone.map(name => [name, null])), ...kept }
    if (old.email !== next.email)
      return users.changeEmail(old, next.email).map(one => ({ ...one, refused: taken }))
    return JSON.stringify(old) === JSON.stringify(next) ? [] : [users.update(next.user_id, changes)]
  }

  const succeeds = async (writes: readonly Write[]): Promise<boolean> => {
    const rejection = await rejectionOf(db.transact(writes))
    for (const [write, old] of rejection?.failed ?? []) if (write.refused) throw write.refused(old)
    return !rejection
  }

  return {
    creationWrites,
    create,
    byId,
    byField,
    byEmail,
    byEmailForSignIn,
    bySessionToken,
    isLookup,
    scan,
    removalWrites,
    remove,
    replacementWrites,
    replace,
  }
}
