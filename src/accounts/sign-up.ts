/**
 * Sign-up and email verification. Against account enumeration, responses and the work behind them are the same whether an
 * email has an account or not.
 */
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { RequestedMails } from '../http/requested-mails.ts'
import { consumeLink } from './account-links.ts'
import { announceAccountMail } from './account-mails.ts'
import { auditOwnChange } from './audit.ts'
import type { StoredRecord } from './auth/records.ts'
import type { AccountDeps } from './deps.ts'
import { createUserRecord } from './new-user.ts'
import {
  assertPassword,
  createPasswordCredential,
  findPasswordCredential,
  passwordWrites,
} from './password-credential.ts'
import { assertNotGuessable, hashPassword } from './passwords.ts'
import { linkInvalid } from './problems.ts'

export type SignUp = {
  /** Normalized. */
  readonly email: string
  readonly password: string
  readonly first_name?: string | undefined
  readonly last_name?: string | undefined
}

type MailedWrites = { readonly mail: Write; readonly others?: readonly Write[] }

/**
 * Creates an account and announces the mail that verifies its email. If a verified account has this email, its owner gets a
 * mail instead; an unverified account is taken over by the latest sign-up. Throws password_refused.
 */
export const signUp = async (
  deps: AccountDeps,
  mails: Pick<RequestedMails, 'send'>,
  { email, password, ...names }: SignUp,
): Promise<void> => {
  await assertNotGuessable(password, email)
  const user = await deps.records.byEmailForSignIn(email)
  const credential = user && (await findPasswordCredential(deps, String(user.record.id)))
  const hash = await hashPassword(password)
  const { mail, others = [] } = !user
    ? newAccountWrites(deps, { email, ...names }, hash)
    : user.record.emailVerified
      ? { mail: announceAccountMail(deps, 'account_exists', String(user.record.id)) }
      : takeOverWrites(deps, user, credential, names, hash)
  // If it is refused, a concurrent sign-up for this email was faster: its mail has been announced.
  await wasApplied(mails.send(email, mail, deps.accountLinks.decoy(deps.now()), others))
}

/**
 * Gives an unverified account the password and the names of the latest sign-up. Otherwise an attacker could sign up with the
 * email of a victim and wait, with a known password, until the victim verifies it (account pre-hijacking).
 */
const takeOverWrites = (
  deps: AccountDeps,
  user: StoredRecord,
  credential: StoredRecord | undefined,
  { first_name, last_name }: Omit<SignUp, 'email' | 'password'>,
  hash: string,
): MailedWrites => {
  const { records } = deps
  const [userId, at] = [String(user.record.id), deps.now().toISOString()]
  const { firstName: _, lastName: __, ...rest } = user.record
  const updated = {
    ...rest,
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    updatedAt: at,
  }
  return {
    mail: announceAccountMail(deps, 'verify_email', userId),
    others: [
      ...records.replacementWrites('user', user, updated),
      ...passwordWrites(deps, userId, credential, hash),
    ],
  }
}

const newAccountWrites = (
  deps: AccountDeps,
  { email, first_name: firstName, last_name: lastName }: Omit<SignUp, 'password'>,
  hash: string,
): MailedWrites => {
  const user = createUserRecord({ email, emailVerified: false, firstName, lastName }, deps.now())
  return {
    mail: announceAccountMail(deps, 'verify_email', user.id),
    others: [
      ...deps.records.creationWrites('user', user),
      ...deps.records.creationWrites('account', createPasswordCredential(user.id, hash, user.createdAt)),
    ],
  }
}

/** Announces another verification mail if this email has an unverified account; otherwise a decoy is written. */
export const resendVerification = async (
  deps: AccountDeps,
  mails: Pick<RequestedMails, 'send'>,
  email: string,
): Promise<void> => {
  const user = await deps.records.byEmail(email)
  const isUnverified = user && !user.record.emailVerified
  const decoy = deps.accountLinks.decoy(deps.now())
  const mail = isUnverified && announceAccountMail(deps, 'verify_email', String(user.record.id))
  await mails.send(email, mail || decoy, decoy)
}

/**
 * Verifies the email that the link was mailed to. Requires the password too: with the mail alone, the owner of an email could
 * be led to verify an account that an attacker has signed up for. Returns the email. Throws link_invalid, password_wrong.
 */
export const verifyEmail = async (deps: AccountDeps, token: string, password: string): Promise<string> => {
  const { user_id, email, consume } = await deps.accountLinks.find('verify_email', token, deps.now())
  const user = await deps.records.byId('user', user_id)
  if (user?.record.email !== email) throw linkInvalid()
  await assertPassword(deps, user_id, password)
  const verified = { ...user.record, emailVerified: true, updatedAt: deps.now().toISOString() }
  await consumeLink(deps, [
    consume,
    ...deps.records.replacementWrites('user', user, verified),
    ...auditOwnChange(deps, user_id, 'account.verify'),
  ])
  return email
}
