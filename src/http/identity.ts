/** Who calls: a guest by the secret in a cookie, staff by the token of local mode. Everything else is nobody in particular. */
import { timingSafeEqual } from 'node:crypto'
import { ShopError } from '../core/errors.ts'
import { guestUserId, newSecret, sha256 } from '../core/ids.ts'
import type { Policy } from './endpoint.ts'

const SECRET = /^[A-Za-z0-9_-]{43}$/
/** The cookie outlives the cart (7 days), so that a guest can read an order back. */
const GUEST_SECONDS = 90 * 24 * 3600

export type Identity = {
  /** The caller's id in carts and orders; undefined for a visitor who has neither. */
  readonly userId: string | undefined
  readonly isStaff: boolean
  /** The caller's id, made if there is none yet; its cookie then goes with the answer. */
  readonly becomeGuest: () => string
  /** The Set-Cookie that the answer must carry, if any. */
  readonly setCookie: () => string | undefined
}

export type IdentityRules = {
  /** Whether the shop is reached over https: then cookies are Secure and bound to the host by their name. */
  readonly https: boolean
  /** The token that staff of a local shop send as Bearer; undefined: there are no staff. */
  readonly staffToken: string | undefined
}

const cookieValue = (header: string | undefined, name: string): string | undefined => {
  for (const part of header?.split(';') ?? []) {
    const [key, ...rest] = part.trim().split('=')
    if (key === name) return rest.join('=')
  }
  return undefined
}

const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))

export const identify = (
  headers: { readonly cookie: string | undefined; readonly authorization: string | undefined },
  { https, staffToken }: IdentityRules,
): Identity => {
  const name = https ? '__Host-cloudshelf_guest' : 'cloudshelf_guest'
  const sent = cookieValue(headers.cookie, name)
  let secret = sent && SECRET.test(sent) ? sent : undefined
  let renew = false
  const bearer = /^Bearer (\S{1,200})$/i.exec(headers.authorization ?? '')?.[1]
  return {
    userId: secret === undefined ? undefined : guestUserId(secret),
    isStaff: staffToken !== undefined && bearer !== undefined && sameText(bearer, staffToken),
    becomeGuest: () => {
      renew = true
      secret ??= newSecret()
      return guestUserId(secret)
    },
    setCookie: () =>
      renew && secret !== undefined
        ? `${name}=${secret}; Path=/; Max-Age=${GUEST_SECONDS}; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`
        : undefined,
  }
}

const forbidden = (identity: Identity) =>
  identity.userId === undefined
    ? new ShopError('not_signed_in', 'Only staff may do this. Send the staff token of this shop.')
    : new ShopError('forbidden', 'Only staff may do this.')

/** Throws not_signed_in or forbidden unless the policy lets the caller in. */
export const authorize = (policy: Policy, identity: Identity): void => {
  if (policy === 'staff' && !identity.isStaff) throw forbidden(identity)
}
