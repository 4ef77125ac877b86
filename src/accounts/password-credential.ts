/** Password of an account, as the sign-in library's record of provider `credential`. */
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'
import type { AuthRecords, StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { wrongPassword } from './problems.ts'

type CredentialDeps = { readonly records: AuthRecords }

/** A record of model `account` that holds the password's Argon2id hash. `at` is an ISO time. */
export const createPasswordCredential = (userId: string, hash: string, at: string) => ({
  id: crypto.randomUUID(),
  userId,
  accountId: userId,
  providerId: 'credential',
  password: hash,
  createdAt: at,
  updatedAt: at,
})

/** The account's password record; undefined for an account without a password. */
export const findPasswordCredential = async (
  { records }: CredentialDeps,
  userId: string,
): Promise<StoredRecord | undefined> => {
  const accounts = await records.byField('account', 'userId', userId)
  return accounts.find(({ record }) => record.providerId === 'credential')
}

/** Writes that set the password of an account: in place of `credential`, if that is still as it was read, or as its first one. */
export const passwordWrites = (
  { records, now }: CredentialDeps & Pick<AccountDeps, 'now'>,
  userId: string,
  credential: StoredRecord | undefined,
  hash: string,
): Write[] => {
  const at = now().toISOString()
  return credential
    ? records.replacementWrites('account', credential, {
        ...credential.record,
        password: hash,
        updatedAt: at,
      })
    : records.creationWrites('account', createPasswordCredential(userId, hash, at))
}

/** Throws password_wrong unless this is the account's password. Without a password, one is hashed in its place (timing attack). */
export const assertPassword = async (
  deps: CredentialDeps,
  userId: string,
  password: string,
): Promise<void> => {
  const hash = (await findPasswordCredential(deps, userId))?.record.password
  if (typeof hash === 'string') {
    if (await verifyPassword({ hash, password })) return
    throw wrongPassword()
  }
  await hashPassword(password)
  throw new ShopError(
    'password_wrong',
    'Your account has no password yet. Set one with the link that “Forgot your password?” sends you.',
  )
}

/** Identifies the current password without revealing it. A link with another fingerprint was requested under an older password. */
export const passwordFingerprint = (credential: StoredRecord | undefined): string =>
  sha256(`password:${String(credential?.record.password)}`)
