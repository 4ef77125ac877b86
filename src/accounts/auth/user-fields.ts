/** Mapping of a user between fields of the sign-in library and attributes of the specification's users table. */
import type { User } from '../schema.ts'
import type { AuthRecord } from './where-filter.ts'

/** The library's field of each attribute. Fields that are not here are stored in the control table. */
const FIELD_OF = {
  user_id: 'id',
  email: 'email',
  first_name: 'firstName',
  last_name: 'lastName',
  created_at: 'createdAt',
  last_login: 'lastLogin',
  account_status: 'accountStatus',
} as const satisfies Partial<Record<keyof User, string>>

const pairs = Object.entries(FIELD_OF) as [keyof typeof FIELD_OF, string][]
const fields = new Set<string>(Object.values(FIELD_OF))

/** Whether this field of the library is stored in the users table. */
export const isUserTableField = (field: string): boolean => fields.has(field)

export const recordFromUser = (user: User): AuthRecord =>
  Object.fromEntries(
    pairs.flatMap(([attribute, field]) => (user[attribute] === undefined ? [] : [[field, user[attribute]]])),
  )

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

export const userFromRecord = (record: AuthRecord): User => {
  const given = Object.fromEntries(
    pairs.flatMap(([attribute, field]) => {
      const value = text(record[field])
      return value === undefined ? [] : [[attribute, value]]
    }),
  )
  return { account_status: 'active', user_id: '', email: '', created_at: new Date(0).toISOString(), ...given }
}
