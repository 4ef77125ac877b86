/**
 * Links that are mailed to the owner of an account and work once: to verify an email, reset a password, or confirm a new
 * email. The control table holds only the hash of a token, bound to account, email and purpose: a copy of the tables opens
 * nothing, and a link cannot be used for another purpose.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import { epochSeconds, newSecret } from '../core/ids.ts'
import { linkInvalid } from './problems.ts'

/** Lifetime of each kind of link, in minutes. */
export const LINK_MINUTES = {
  verify_email: 24 * 60,
  reset_password: 30,
  change_email: 60,
} as const
export type LinkPurpose = keyof typeof LINK_MINUTES

export type AccountLink = {
  readonly user_id: string
  /** The normalized email that the link is mailed to. */
  readonly email: string
  /** Of the password at the time of the request, for links that must not outlive it. */
  readonly passwordFingerprint?: string | undefined
  /** Uses up the link: written in the transaction of what the link allows. */
  readonly consume: Write
}

export type AccountLinks = {
  /** Stores a new token for this purpose as its hash, and returns the token. */
  readonly create: (purpose: LinkPurpose, link: Omit<AccountLink, 'consume'>, now: Date) => Promise<string>
  /** A write in place of an announcement where there is no such account: costs the same, and opens nothing. */
  readonly decoy: (now: Date) => Write
  /** The link of this token. Throws link_invalid when it is unknown, used or expired, or has another purpose. */
  readonly find: (purpose: LinkPurpose, token: string, now: Date) => Promise<AccountLink>
}

export const createAccountLinks = (db: Dynamo, names: { readonly control: string }): AccountLinks => {
  const table = names.control
  const keyOf = CONTROL_ROWS.accountLink.key

  const create = async (
    purpose: LinkPurpose,
    { user_id, email, passwordFingerprint }: Omit<AccountLink, 'consume'>,
    now: Date,
  ): Promise<string> => {
    const token = newSecret()
    const expires_at = epochSeconds(now) + LINK_MINUTES[purpose] * 60
    await db.write({
      action: 'Put',
      table,
      item: {
        ...keyOf(token),
        purpose,
        user_id,
        email,
        ...(passwordFingerprint === undefined ? {} : { seal: passwordFingerprint }),
        expires_at,
      },
    })
    return token
  }

  const decoy = (now: Date): Write => {
    const expires_at = epochSeconds(now) + LINK_MINUTES.reset_password * 60
    return { action: 'Put', table, item: { ...keyOf(newSecret()), expires_at } }
  }

  const find = async (purpose: LinkPurpose, token: string, now: Date): Promise<AccountLink> => {
    const key = keyOf(token)
    const found = await db.get(table, key)
    const { user_id, email } = found ?? {}
    const isOpen = found?.purpose === purpose && Number(found.expires_at) > epochSeconds(now)
    if (!isOpen || typeof user_id !== 'string' || typeof email !== 'string') throw linkInvalid()
    const consume: Write = {
      action: 'Delete',
      table,
      key,
      condition: 'attribute_exists(pk)',
      refused: linkInvalid,
    }
    return {
      user_id,
      email,
      passwordFingerprint: typeof found?.seal === 'string' ? found.seal : undefined,
      consume,
    }
  }

  return { create, decoy, find }
}

/** Writes what a link allows, together with the use of the link. Throws link_invalid when a condition fails. */
export const consumeLink = async (
  { db }: { readonly db: Dynamo },
  writes: readonly Write[],
): Promise<void> => {
  if (!(await wasApplied(db.transact(writes)))) throw linkInvalid()
}
