/** Ways to sign in to an account: its password, passkeys and linked identities; and the authenticator app that a password needs besides. */
import type { StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'

/** `providerId` of a password; every other one is another issuer. */
const PASSWORD_PROVIDER = 'credential'

export type SignInMethods = {
  readonly password: StoredRecord | undefined
  readonly passkeys: readonly StoredRecord[]
  /** Links to identities of other issuers (single sign-on). */
  readonly identities: readonly StoredRecord[]
  readonly authenticatorApp: boolean
  /** The role of staff, who need a second factor. */
  readonly isStaff: boolean
}

export const readSignInMethods = async (
  { records }: Pick<AccountDeps, 'records'>,
  userId: string,
): Promise<SignInMethods> => {
  const [user, credentials, passkeys] = await Promise.all([
    records.byId('user', userId),
    records.byField('account', 'userId', userId),
    records.byField('passkey', 'userId', userId),
  ])
  const isPassword = ({ record }: StoredRecord) => record.providerId === PASSWORD_PROVIDER
  return {
    password: credentials.find(isPassword),
    passkeys,
    identities: credentials.filter(one => !isPassword(one)),
    authenticatorApp: user?.record.twoFactorEnabled === true,
    isStaff: typeof user?.record.role === 'string',
  }
}

export const hasSecondFactor = ({ authenticatorApp, passkeys }: SignInMethods): boolean =>
  authenticatorApp || passkeys.length > 0
