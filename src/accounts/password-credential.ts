/** The password of an account, as its record in control keeps it. */
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'
import type { AuthRecords, StoredRecord } from './auth/records.ts'
import { hashPassword, verifyPassword } from './passwords.ts'

type CredentialDeps = { readonly records: AuthRecords }

/** The credential of an account: its Argon2id hash, in the sign-in library's form. */
export const createPasswordCredential = (userId: string, hash: string, at: string) => ({
  id: crypto.randomUUID(),
  userId,
  accountId: userId,
  providerId: 'credential',
  password: hash,
  createdAt: at,
  updatedAt: at,
})

/** An account's record of its password, if it has one. */
export const findPasswordCredential = async (
  { records }: CredentialDeps,
  userId: string,
): Promise<StoredRecord | undefined> => {
  const accounts = await records.byField('account', 'userId', userId)
  return accounts.find(({ record }) => record.providerId === 'credential')
}

/** Throws password_wrong unless it is the account's password. One that has none hashes all the same. */
export const assertPassword = async (
  deps: CredentialDeps,
  userId: string,
  password: string,
): Promise<void> => {
  const kept = (await findPasswordCredential(deps, userId))?.record.password
  if (typeof kept === 'string') {
    if (await verifyPassword({ hash: kept, password })) return
    throw new ShopError('password_wrong', 'This is not the password of your account.')
  }
  await hashPassword(password)
  throw new ShopError(
    'password_wrong',
    'Your account has no password yet. Please set one with the link that “Forgotten your password?” sends.',
  )
}

/**
 * A mark of the password as it is now, which tells nothing of it: what is asked for under one password does not outlive it.
 */
export const passwordFingerprint = (kept: StoredRecord | undefined): string =>
  sha256(`password:${String(kept?.record.password)}`)
