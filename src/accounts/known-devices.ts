/**
 * Browsers that have signed in with an email before, identified by a random cookie. Their sign-in attempts have a rate limit of
 * their own, so that a stranger who guesses passwords cannot lock the owner out. Only the hash of the cookie is stored.
 */
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { cookieName, cookieValue, setCookie } from '../core/cookies.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { epochSeconds, newSecret } from '../core/ids.ts'
import { isSecret } from '../core/secrets.ts'

/** The longest lifetime of a cookie in browsers. */
const COOKIE_SECONDS = CONTROL_ROWS.knownDevice.ttl

/** Emails are normalized ones. */
export type KnownDevices = {
  /** The key that sign-in attempts of this browser are counted under, if it has signed in with this email before. */
  readonly find: (email: string, cookies: string) => Promise<string | undefined>
  /** Remembers a browser that has signed in with this email; returns the Set-Cookie header of the response. */
  readonly remember: (email: string, cookies: string | undefined) => Promise<string>
  /** Forgets every browser of an email: its account is deleted, or has another email or a new password. */
  readonly forget: (email: string) => Promise<void>
}

export const createKnownDevices = (
  db: Dynamo,
  names: { readonly control: string },
  { https, now }: { readonly https: boolean; readonly now: () => Date },
): KnownDevices => {
  const table = names.control
  const name = cookieName('cloudshelf_device', https)

  const readSecret = (cookies: string | undefined): string | undefined => {
    const sent = cookieValue(cookies, name)
    return isSecret(sent) ? sent : undefined
  }

  const find = async (email: string, cookies: string): Promise<string | undefined> => {
    const secret = readSecret(cookies)
    if (secret === undefined) return undefined
    const key = CONTROL_ROWS.knownDevice.key(email, secret)
    const row = await db.get(table, key)
    return Number(row?.expires_at) > epochSeconds(now()) ? key.sk : undefined
  }

  const remember = async (email: string, cookies: string | undefined): Promise<string> => {
    const secret = readSecret(cookies) ?? newSecret()
    const expires_at = epochSeconds(now()) + COOKIE_SECONDS
    await db.transact([
      { action: 'Put', table, item: { ...CONTROL_ROWS.knownDevice.key(email, secret), expires_at } },
    ])
    return setCookie(name, secret, COOKIE_SECONDS, https)
  }

  const forget = async (email: string): Promise<void> => {
    for await (const rows of db.pages(partition(table, CONTROL_ROWS.knownDevice.pk(email))))
      for (const { pk, sk } of rows) await db.transact([{ action: 'Delete', table, key: { pk, sk } }])
  }

  return { find, remember, forget }
}
