/**
 * Accounts that are linked to an identity of Cognito. A link is made on issuer and subject alone: an email may change hands,
 * and its owner at Cognito need not be its owner here.
 */

import { wasApplied } from '../../core/dynamo/conditional.ts'
import { ShopError } from '../../core/errors.ts'
import { sha256 } from '../../core/ids.ts'
import { personName } from '../../core/text.ts'
import { truncate } from '../../core/truncate.ts'
import { auditOwnChange } from '../audit.ts'
import type { StoredRecord } from '../auth/records.ts'
import type { AccountDeps } from '../deps.ts'
import { Email } from '../email.ts'
import { createUserRecord } from '../new-user.ts'
import { noticeWrites } from '../owner-notice.ts'
import type { FederatedIdentity } from './oidc.ts'

const PROVIDER_ID = 'cognito'
const MAX_NAME = 100
const PersonName = personName(MAX_NAME)

/** A name as the service has it, cut to the length of names; none where it cannot be one. */
const nameOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : PersonName.safeParse(truncate(text, MAX_NAME)).data

/** One id for each issuer and subject, so that concurrent sign-ins write the same record. */
const linkId = ({ issuer, subject }: FederatedIdentity): string =>
  `${PROVIDER_ID}-${sha256(JSON.stringify([issuer, subject]))}`

/** A record of model `account` that links the identity to an account. `at` is an ISO time. */
const createLinkRecord = (identity: FederatedIdentity, userId: string, at: string) => ({
  id: linkId(identity),
  userId,
  accountId: linkId(identity),
  providerId: PROVIDER_ID,
  createdAt: at,
  updatedAt: at,
})

/** The id of the account that this identity is linked to, if there is one. */
const findLinkedAccount = async (
  { records }: AccountDeps,
  identity: FederatedIdentity,
): Promise<string | undefined> => {
  const found = await records.byId('account', linkId(identity))
  return found && String(found.record.userId)
}

const emailTaken = () =>
  new ShopError(
    'account_exists',
    'An account with this email already exists. Please sign in with its password, then link single sign-on under “Security”.',
  )

/**
 * The id of the account that is linked to this identity; otherwise of a new account with the email that Cognito has verified.
 * Throws account_exists when another account has that email, and email_not_verified.
 */
export const findOrCreateAccount = async (
  deps: AccountDeps,
  identity: FederatedIdentity,
): Promise<string> => {
  const linked = await findLinkedAccount(deps, identity)
  if (linked !== undefined) return linked
  const { data: email } = Email.safeParse(identity.email)
  if (email === undefined || !identity.emailVerified)
    throw new ShopError('email_not_verified', 'Your email is not verified with the sign-in service.')
  const names = {
    firstName: nameOf(identity.firstName),
    lastName: nameOf(identity.lastName),
  }
  const user = createUserRecord({ email, emailVerified: true, ...names }, deps.now())
  const isCreated = await wasApplied(
    deps.db.transact([
      ...deps.records.creationWrites('user', user),
      ...deps.records.creationWrites('account', createLinkRecord(identity, user.id, user.createdAt)),
      ...auditOwnChange(deps, user.id, 'account.cognito.link'),
    ]),
  )
  if (isCreated) return user.id
  // Either a concurrent sign-in of this identity was faster, or another account has the email.
  const concurrent = await findLinkedAccount(deps, identity)
  if (concurrent === undefined) throw emailTaken()
  return concurrent
}

/** Links the identity to this account. Throws account_exists when it is linked to another one. */
export const linkIdentity = async (
  deps: AccountDeps,
  identity: FederatedIdentity,
  userId: string,
): Promise<void> => {
  const isLinked = await wasApplied(
    deps.db.transact([
      ...deps.records.creationWrites('account', createLinkRecord(identity, userId, deps.now().toISOString())),
      ...noticeWrites(deps, userId, 'account.cognito.link'),
    ]),
  )
  if (!isLinked && (await findLinkedAccount(deps, identity)) !== userId)
    throw new ShopError('account_exists', 'This sign-in is already linked to another account.')
}

export const listLinkedIdentities = async (
  { records }: AccountDeps,
  userId: string,
): Promise<StoredRecord[]> =>
  (await records.byField('account', 'userId', userId)).filter(
    ({ record }) => record.providerId === PROVIDER_ID,
  )

/** Removes all links of the account. */
export const unlinkIdentities = async (deps: AccountDeps, userId: string): Promise<void> => {
  for (const link of await listLinkedIdentities(deps, userId))
    await deps.db.transact([
      ...deps.records.removalWrites('account', { ...link, revision: undefined }),
      ...noticeWrites(deps, userId, 'account.cognito.unlink'),
    ])
}
