/**
 * Links that are mailed to an address and work once: to confirm it, to set a password. Control holds the token's hash alone,
 * bound to the account, the address and the purpose; so a copy of all tables opens nothing, and no link opens another door.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { epochSeconds, newSecret } from '../core/ids.ts'

/** How long each kind of link works, in minutes. */
export const LINK_MINUTES = {
  verify_email: 24 * 60,
  reset_password: 30,
  change_email: 60,
} as const
export type LinkPurpose = keyof typeof LINK_MINUTES

/** `email` is the normalised address that the link was mailed to. */
export type AccountLink = {
  readonly user_id: string
  readonly email: string
  /** Of the password that the account had when the link was asked for, where the link does not outlive it. */
  readonly passwordFingerprint?: string | undefined
  /** Spends the link: to be written with what it allows. */
  readonly consume: Write
}

export type AccountLinks = {
  /** Stores a new token for this purpose as its hash, and returns the token. */
  readonly create: (purpose: LinkPurpose, link: Omit<AccountLink, 'consume'>, now: Date) => Promise<string>
  /** A write that takes the place of an announcement where there is no such account, at the same cost; it opens nothing. */
  readonly decoy: (now: Date) => Write
  /** What the token allows. Throws link_invalid when it is unknown, used, expired, or of another purpose. */
  readonly find: (purpose: LinkPurpose, token: string, now: Date) => Promise<AccountLink>
}

export const linkInvalid = () =>
  new ShopError('link_invalid', 'This link has been used or has expired. Please ask for a new one.')

export const createAccountLinks = (db: Dynamo, names: { readonly control: string }): AccountLinks => {
  const table = names.control
  const keyOf = CONTROL_ROWS.accountLink.key

  /** A new token for this purpose, kept as its hash. */
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

  /** What is written in place of an announcement where there is no such account: a key to nothing. */
  const decoy = (now: Date): Write => {
    const expires_at = epochSeconds(now) + LINK_MINUTES.reset_password * 60
    return { action: 'Put', table, item: { ...keyOf(newSecret()), expires_at } }
  }

  /** What the token allows. Throws link_invalid when it is unknown, used, expired, or of another purpose. */
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
