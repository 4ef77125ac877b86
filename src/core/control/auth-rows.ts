/**
 * Control rows of the sign-in library's records, by the library's names of its models, and the pointers by which a record is
 * found without a scan. Attributes of the specification are in the users table; the row of `user` has the others.
 */
import { type RowGroup, rowGroup, type SingleRow, singleRow } from './row-kind.ts'

const OWNER = 'accounts/auth/records.ts'

const record = <const T extends 'per row' | 'never'>(prefix: string, sk: string, ttl: T) =>
  singleRow(prefix, sk, { ttl, owner: OWNER, personalData: true })

export const AUTH_ROWS = {
  /** Whether the email is verified, role and second factor, by user id. */
  user: record('user#', 'auth', 'never'),
  /** By the hash of the session's token. */
  session: record('session#', 'session', 'per row'),
  /** Passwords (Argon2id) and links to Cognito. */
  account: record('account#', 'account', 'never'),
  /** Authenticator apps, encrypted, with their recovery codes. */
  twoFactor: record('twoFactor#', 'twoFactor', 'never'),
  passkey: record('passkey#', 'passkey', 'never'),
  /** Sign-in steps that are not finished. */
  verification: record('verification#', 'verification', 'per row'),
} as const

export type AuthModel = keyof typeof AUTH_ROWS

const isAuthModel = (model: string): model is AuthModel => Object.hasOwn(AUTH_ROWS, model)

/** The rows of a model. The library's own test suite has further models, which are stored in the same way. */
export const authRowsOf = (model: string): SingleRow =>
  isAuthModel(model) ? AUTH_ROWS[model] : record(`${model}#`, model, 'never')

/** Rows that lead from the value of one field to the records that have it. */
export type AuthPointer = RowGroup & {
  readonly field: string
  /** Whether at most one record has a value. The sort key is then the model, otherwise the `pk` of the record. */
  readonly unique: boolean
}

const pointer = (model: AuthModel, field: string, unique = false): AuthPointer => ({
  ...rowGroup(`${model}.${field}#`, '', { ttl: AUTH_ROWS[model].ttl, owner: OWNER, personalData: true }),
  field,
  unique,
})

/** Rows that lead from the value of a field to records, by model. */
export const AUTH_POINTERS: { readonly [model in AuthModel]: readonly AuthPointer[] } = {
  user: [],
  session: [pointer('session', 'id', true), pointer('session', 'userId')],
  account: [pointer('account', 'userId'), pointer('account', 'accountId')],
  twoFactor: [pointer('twoFactor', 'userId')],
  passkey: [pointer('passkey', 'userId'), pointer('passkey', 'credentialID', true)],
  verification: [pointer('verification', 'identifier')],
}

export const authPointersOf = (model: string): readonly AuthPointer[] =>
  isAuthModel(model) ? AUTH_POINTERS[model] : []
