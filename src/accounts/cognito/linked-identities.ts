/**
 * Which account a person of Cognito's has here. They are linked on issuer and subject alone: an address may change hands, and
 * whoever has it at Cognito need not be who has it here.
 */
import { TransactionRefused } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { newUserId, sha256 } from '../../core/ids.ts'
import { auditOwnChange } from '../audit.ts'
import type { StoredRecord } from '../auth/records.ts'
import { Email } from '../email.ts'
import type { AccountDeps } from '../sign-up.ts'
import type { FederatedIdentity } from './oidc.ts'

export const COGNITO = 'cognito'

/** One record for each issuer and subject, whoever tries to write it at the same time. */
const idOf = ({ issuer, subject }: FederatedIdentity): string =>
  `${COGNITO}-${sha256(JSON.stringify([issuer, subject]))}`

const linkOf = (person: FederatedIdentity, userId: string, at: string) => ({
  id: idOf(person),
  userId,
  accountId: idOf(person),
  providerId: COGNITO,
  createdAt: at,
  updatedAt: at,
})

/** The id of the account that this person is linked to. */
const linkedTo = async ({ records }: AccountDeps, person: FederatedIdentity): Promise<string | undefined> => {
  const found = await records.byId('account', idOf(person))
  return found && String(found.record.userId)
}

const taken = () =>
  new ShopError(
    'account_exists',
    'There is an account with this address already. Please sign in to it with its password, then link the two under “Security”.',
  )

/**
 * The account of this person: the linked one, else a new one with the person's own confirmed address. Throws account_exists
 * where another account has that address, and email_not_verified.
 */
export const findOrCreateAccount = async (deps: AccountDeps, person: FederatedIdentity): Promise<string> => {
  const linked = await linkedTo(deps, person)
  if (linked !== undefined) return linked
  const { data: email } = Email.safeParse(person.email)
  if (email === undefined || !person.emailVerified)
    throw new ShopError('email_not_verified', 'Your address is not confirmed where you signed in.')
  const now = deps.now()
  const [id, at] = [newUserId(now), now.toISOString()]
  const user = {
    id,
    email,
    emailVerified: true,
    name: '',
    ...(person.firstName === undefined ? {} : { firstName: person.firstName.slice(0, 100) }),
    ...(person.lastName === undefined ? {} : { lastName: person.lastName.slice(0, 100) }),
    accountStatus: 'active',
    createdAt: at,
    updatedAt: at,
  }
  try {
    await deps.db.transact([
      ...deps.records.creationWrites('user', user),
      ...deps.records.creationWrites('account', linkOf(person, id, at)),
      ...auditOwnChange(deps, id, 'account.cognito.link'),
    ])
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
    // The same person was quicker in another window, or the address is another's.
    const quicker = await linkedTo(deps, person)
    if (quicker === undefined) throw taken()
    return quicker
  }
  return id
}

/** Links this person to the account that asked for it. Throws account_exists where they are linked to another. */
export const linkIdentity = async (
  deps: AccountDeps,
  person: FederatedIdentity,
  userId: string,
): Promise<void> => {
  try {
    await deps.db.transact([
      ...deps.records.creationWrites('account', linkOf(person, userId, deps.now().toISOString())),
      ...auditOwnChange(deps, userId, 'account.cognito.link'),
    ])
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
    if ((await linkedTo(deps, person)) !== userId)
      throw new ShopError('account_exists', 'This sign-in is linked to another account already.')
  }
}

/** The account's links. */
export const listLinkedIdentities = async (
  { records }: AccountDeps,
  userId: string,
): Promise<StoredRecord[]> =>
  (await records.byField('account', 'userId', userId)).filter(({ record }) => record.providerId === COGNITO)

/** Forgets all links of the account. */
export const unlinkIdentities = async (deps: AccountDeps, userId: string): Promise<void> => {
  for (const link of await listLinkedIdentities(deps, userId))
    await deps.db.transact([
      ...deps.records.removalWrites('account', { ...link, revision: undefined }),
      ...auditOwnChange(deps, userId, 'account.cognito.unlink'),
    ])
}
