/** Database adapter of the sign-in library (better-auth) for DynamoDB. */
import { type CleanedWhere, createAdapterFactory } from 'better-auth/adapters'
import { ShopError } from '../../core/errors.ts'
import { decodeEmail, withRequestedEmail } from './email-encoding.ts'
import type { AuthRecords, StoredRecord } from './records.ts'
import { type AuthRecord, matchesWhere, sortRecords } from './where-filter.ts'

const MAX_TRIES = 8

export type AdapterOptions = {
  /**
   * Allows queries by any field, by a scan. Only the library's own test suite needs it; in the shop, a query without a
   * lookup fails instead of reading the whole table.
   */
  readonly scan?: boolean
}

const conflict = () =>
  new ShopError('store_busy', 'This was changed by another request at the same time. Please try again.')

/** The values that a clause with `eq` or `in` allows; undefined for other clauses. */
const allowedValues = ({
  operator,
  value,
  mode,
  connector,
}: CleanedWhere): readonly unknown[] | undefined => {
  if (connector === 'OR' || mode === 'insensitive' || value === null) return undefined
  if (operator === 'eq') return [value]
  return operator === 'in' && Array.isArray(value) ? value : undefined
}

export const createAuthAdapter = (records: AuthRecords, { scan = false }: AdapterOptions = {}) => {
  type Find = (value: string) => Promise<StoredRecord | undefined | readonly StoredRecord[]>

  /** The lookup of records by this field without a scan, if there is one. */
  const finderBy = (model: string, field: string): Find | undefined => {
    if (field === 'id') return id => records.byId(model, id)
    if (model === 'user' && field === 'email') return records.byEmailForSignIn
    if (model === 'session' && field === 'token') return records.bySessionToken
    return records.isLookup(model, field) ? value => records.byField(model, field, value) : undefined
  }

  /** A superset of the matching records, by the first clause that has a lookup. Throws TypeError when none has. */
  const candidates = async (model: string, where: readonly CleanedWhere[]): Promise<StoredRecord[]> => {
    for (const clause of where) {
      const values = allowedValues(clause)
      const find = values && finderBy(model, clause.field)
      if (!find) continue
      const found = await Promise.all([...new Set(values.map(String))].map(find))
      return found.flat().filter(one => one !== undefined)
    }
    if (!scan)
      throw new TypeError(
        `there is no lookup of model ${model} by ${where.map(({ field }) => field).join(', ')}`,
      )
    return records.scan(model)
  }

  const find = async (model: string, encoded: readonly CleanedWhere[]): Promise<StoredRecord[]> => {
    const where = encoded.map(decodeEmail)
    return (await candidates(model, where)).filter(({ record }) => matchesWhere(record, where))
  }

  /**
   * Applies a change to the first matching record, and again when it was changed meanwhile (optimistic locking); undefined when
   * none matches. Throws store_busy after too many conflicts.
   */
  const applyToFirst = async (
    model: string,
    where: readonly CleanedWhere[],
    act: (seen: StoredRecord) => Promise<boolean>,
  ): Promise<AuthRecord | undefined> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const [seen] = where.length === 0 ? [] : await find(model, where)
      if (!seen) return undefined
      if (await act(seen)) return seen.record
    }
    throw conflict()
  }

  const update = async (
    model: string,
    where: readonly CleanedWhere[],
    changesOf: (record: AuthRecord) => AuthRecord,
  ): Promise<AuthRecord | undefined> => {
    let changed: AuthRecord | undefined
    const found = await applyToFirst(model, where, seen => {
      changed = { ...seen.record, ...changesOf(seen.record) }
      return records.replace(model, seen, changed)
    })
    return found && changed
  }

  /** Applies a change to each matching record, one after the other; returns how many were changed. */
  const applyToEach = async (
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
    applyToFirst(model, where, seen => records.remove(model, seen))

  return createAdapterFactory({
    config: {
      adapterId: 'cloudshelf-dynamodb',
      adapterName: 'CloudShelf on DynamoDB',
      supportsDates: false,
      supportsJSON: false,
      supportsArrays: false,
      supportsNumericIds: false,
      // DynamoDB has no interactive transactions: each call is a transaction of its own.
      transaction: false,
    },
    adapter: ({ getDefaultModelName }) => {
      const modelName = ({ model }: { readonly model: string }) => getDefaultModelName(model)
      return {
        create: async call => {
          await records.create(modelName(call), call.data)
          return call.data
        },
        findOne: async <T>(call: { model: string; where: CleanedWhere[] }) => {
          const [found] = await find(modelName(call), call.where)
          return (found ? withRequestedEmail(found.record, call.where) : null) as T | null
        },
        findMany: async <T>(call: FindMany) => {
          const found = (await find(modelName(call), call.where ?? [])).map(({ record }) => record)
          const ordered = call.sortBy ? sortRecords(found, call.sortBy) : found
          const from = call.offset ?? 0
          const page = ordered.slice(from, from + call.limit)
          return (call.select ? page.map(record => selected(record, call.select)) : page) as T[]
        },
        count: async call => (await find(modelName(call), call.where ?? [])).length,
        update: async <T>(call: { model: string; where: CleanedWhere[]; update: T }) =>
          ((await update(modelName(call), call.where, () => call.update as AuthRecord)) ?? null) as T | null,
        updateMany: call =>
          applyToEach(modelName(call), call.where, own => update(modelName(call), own, () => call.update)),
        delete: async call => {
          await remove(modelName(call))(call.where)
        },
        deleteMany: call => applyToEach(modelName(call), call.where, remove(modelName(call))),
        consumeOne: async <T>(call: { model: string; where: CleanedWhere[] }) =>
          ((await remove(modelName(call))(call.where)) ?? null) as T | null,
        incrementOne: async <T>(call: Increment) =>
          ((await update(modelName(call), call.where, record => ({
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
