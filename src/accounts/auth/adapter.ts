/** The door between the sign-in library and DynamoDB: its adapter, made with its own factory. */
import { type CleanedWhere, createAdapterFactory } from 'better-auth/adapters'
import { ShopError } from '../../core/errors.ts'
import { decodeEmail, withRequestedEmail } from './email-encoding.ts'
import type { AuthRecords, StoredRecord } from './records.ts'
import { type AuthRecord, matchesWhere, sortRecords } from './where-filter.ts'

const MAX_TRIES = 8

export type AdapterOptions = {
  /**
   * Lets records be found by any field at the price of a scan. The library's own test suite asks that way; the shop never
   * does, and without this an unforeseen question fails instead of reading the whole table.
   */
  readonly scan?: boolean
}

const changing = () =>
  new ShopError('store_busy', 'This is being changed at the same time. Please try again.')

/** The values that a clause allows, where it names them: `field = value`, or one of some. */
const valuesOf = ({ operator, value, mode, connector }: CleanedWhere): readonly unknown[] | undefined => {
  if (connector === 'OR' || mode === 'insensitive' || value === null) return undefined
  if (operator === 'eq') return [value]
  return operator === 'in' && Array.isArray(value) ? value : undefined
}

export const createAuthAdapter = (records: AuthRecords, { scan = false }: AdapterOptions = {}) => {
  type Find = (value: string) => Promise<StoredRecord | undefined | readonly StoredRecord[]>

  /** How records are found by this field without a scan, if they can be. */
  const finderBy = (model: string, field: string): Find | undefined => {
    if (field === 'id') return id => records.byId(model, id)
    if (model === 'user' && field === 'email') return records.byEmailForSignIn
    if (model === 'session' && field === 'token') return records.bySessionToken
    return records.isLookup(model, field) ? value => records.byField(model, field, value) : undefined
  }

  /** The records among which those that match must be, found by the first clause that a row points for. */
  const candidates = async (model: string, where: readonly CleanedWhere[]): Promise<StoredRecord[]> => {
    for (const clause of where) {
      const values = valuesOf(clause)
      const find = values && finderBy(model, clause.field)
      if (!find) continue
      const found = await Promise.all([...new Set(values.map(String))].map(find))
      return found.flat().filter(one => one !== undefined)
    }
    if (!scan)
      throw new TypeError(`no row points to a ${model} by ${where.map(({ field }) => field).join(', ')}`)
    return records.scan(model)
  }

  const find = async (model: string, asked: readonly CleanedWhere[]): Promise<StoredRecord[]> => {
    const where = asked.map(decodeEmail)
    return (await candidates(model, where)).filter(({ record }) => matchesWhere(record, where))
  }

  /** Does it to the first record that matches, again when another was quicker; undefined when none does. */
  const toOne = async (
    model: string,
    where: readonly CleanedWhere[],
    act: (seen: StoredRecord) => Promise<boolean>,
  ): Promise<AuthRecord | undefined> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const [seen] = where.length === 0 ? [] : await find(model, where)
      if (!seen) return undefined
      if (await act(seen)) return seen.record
    }
    throw changing()
  }

  const update = async (
    model: string,
    where: readonly CleanedWhere[],
    changesOf: (record: AuthRecord) => AuthRecord,
  ): Promise<AuthRecord | undefined> => {
    let changed: AuthRecord | undefined
    const found = await toOne(model, where, seen => {
      changed = { ...seen.record, ...changesOf(seen.record) }
      return records.replace(model, seen, changed)
    })
    return found && changed
  }

  /** One after the other: each is changed as a record of its own. */
  const toEach = async (
    model: string,
    where: readonly CleanedWhere[],
    act: (own: CleanedWhere[]) => Promise<AuthRecord | undefined>,
  ): Promise<number> => {
    let count = 0
    for (const { record } of await find(model, where)) {
      const own: CleanedWhere = {
        field: 'id',
        value: String(record.id),
        operator: 'eq',
        connector: 'AND',
        mode: 'sensitive',
      }
      if (await act([own, ...where])) count++
    }
    return count
  }

  const remove = (model: string) => (where: readonly CleanedWhere[]) =>
    toOne(model, where, seen => records.remove(model, seen))

  return createAdapterFactory({
    config: {
      adapterId: 'cloudshelf-dynamodb',
      adapterName: 'CloudShelf on DynamoDB',
      supportsDates: false,
      supportsJSON: false,
      supportsArrays: false,
      supportsNumericIds: false,
      // DynamoDB knows no transaction that reads on the way: each call is one of its own.
      transaction: false,
    },
    adapter: ({ getDefaultModelName }) => {
      const nameOf = ({ model }: { readonly model: string }) => getDefaultModelName(model)
      return {
        create: async call => {
          await records.create(nameOf(call), call.data)
          return call.data
        },
        findOne: async <T>(call: { model: string; where: CleanedWhere[] }) => {
          const [found] = await find(nameOf(call), call.where)
          return (found ? withRequestedEmail(found.record, call.where) : null) as T | null
        },
        findMany: async <T>(call: FindMany) => {
          const found = (await find(nameOf(call), call.where ?? [])).map(({ record }) => record)
          const ordered = call.sortBy ? sortRecords(found, call.sortBy) : found
          const from = call.offset ?? 0
          const page = ordered.slice(from, from + call.limit)
          return (call.select ? page.map(record => selected(record, call.select)) : page) as T[]
        },
        count: async call => (await find(nameOf(call), call.where ?? [])).length,
        update: async <T>(call: { model: string; where: CleanedWhere[]; update: T }) =>
          ((await update(nameOf(call), call.where, () => call.update as AuthRecord)) ?? null) as T | null,
        updateMany: call =>
          toEach(nameOf(call), call.where, own => update(nameOf(call), own, () => call.update)),
        delete: async call => {
          await remove(nameOf(call))(call.where)
        },
        deleteMany: call => toEach(nameOf(call), call.where, remove(nameOf(call))),
        consumeOne: async <T>(call: { model: string; where: CleanedWhere[] }) =>
          ((await remove(nameOf(call))(call.where)) ?? null) as T | null,
        incrementOne: async <T>(call: Increment) =>
          ((await update(nameOf(call), call.where, record => ({
            ...call.set,
            ...Object.fromEntries(
              Object.entries(call.increment).map(([field, by]) => [field, Number(record[field] ?? 0) + by]),
            ),
          }))) ?? null) as T | null,
      }
    },
  })
}

const selected = (record: AuthRecord, fields: readonly string[] = []): AuthRecord =>
  Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)))

type FindMany = {
  readonly model: string
  readonly where?: CleanedWhere[] | undefined
  readonly limit: number
  readonly select?: string[] | undefined
  readonly sortBy?: { field: string; direction: 'asc' | 'desc' } | undefined
  readonly offset?: number | undefined
}
type Increment = {
  readonly model: string
  readonly where: CleanedWhere[]
  readonly increment: Record<string, number>
  readonly set?: Record<string, unknown> | undefined
}
