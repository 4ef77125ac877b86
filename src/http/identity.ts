/**
 * Identity and authorization: an account is identified by its session, a guest by the secret in a cookie, staff by their role.
 * Any other caller is anonymous.
 */
import { cookieName, cookieValue, setCookie } from '../core/cookies.ts'
import { ShopError } from '../core/errors.ts'
import { guestUserId, newSecret } from '../core/ids.ts'
import { isSecret } from '../core/secrets.ts'
import type { Access } from './endpoint.ts'

/** The cookie outlives the cart (7 days), so that a guest can read an order back. */
const GUEST_SECONDS = 90 * 24 * 3600

/** A live session of an account, as the database has it at this request. */
export type Session = {
  readonly sessionId: string
  readonly userId: string
  /** Whether it was opened with a second factor. */
  readonly secondFactor: boolean
  readonly createdAt: Date
  /** When its owner signed in with a passkey or at another issuer; undefined for a sign-in with a password. */
  readonly provedAt?: Date
}

/** The staff member who calls, for the audit. */
export type StaffMember = { readonly actor: string; readonly role: 'staff' | 'admin' }

/** What identity needs of accounts, without the sign-in library. */
export type SessionStore = {
  /** The live session of a Cookie header. */
  readonly session: (cookie: string) => Promise<Session | undefined>
  /** The role of an account, read from the database; undefined for a customer. */
  readonly staffRole: (userId: string) => Promise<StaffMember['role'] | undefined>
}

export type Identity = {
  /** The caller's id in carts and orders: the account's, else the guest's; undefined for an anonymous caller. */
  readonly userId: string | undefined
  /** The guest id of this browser, signed in or not. */
  readonly guestId: string | undefined
  readonly session: Session | undefined
  /** The caller as staff, read at most once per request, and only where it matters; undefined for anyone else. */
  readonly staff: () => Promise<StaffMember | undefined>
  /** The caller's id; a new guest id if there is none yet, whose cookie the response then sets. */
  readonly becomeShopper: () => string
  /** The Set-Cookie header of the response, if any. */
  readonly setCookie: () => string | undefined
}

export type IdentityRules = {
  /** Whether the shop is on https: then cookies are Secure, and bound to the host by their name. */
  readonly https: boolean
  /** Undefined where there are no accounts. */
  readonly sessions?: SessionStore
}

const guestCookieName = (https: boolean): string => cookieName('cloudshelf_guest', https)

/** The Set-Cookie header of a guest's secret, for this many seconds; 0 deletes the cookie. */
export const guestCookie = (secret: string, seconds: number, https: boolean): string =>
  setCookie(guestCookieName(https), secret, seconds, https)

/** The identity of the sender of a Cookie header. */
export const identify = async (cookies: string | undefined, rules: IdentityRules): Promise<Identity> => {
  const { https, sessions } = rules
  const sent = cookieValue(cookies, guestCookieName(https))
  let secret = isSecret(sent) ? sent : undefined
  const guestId = secret === undefined ? undefined : guestUserId(secret)
  let renew = false
  const session = cookies === undefined ? undefined : await sessions?.session(cookies)

  const findStaff = async (): Promise<StaffMember | undefined> => {
    // Staff rights require a session with a second factor.
    if (!session?.secondFactor) return undefined
    const role = await sessions?.staffRole(session.userId)
    return role && { actor: session.userId, role }
  }
  let staff: Promise<StaffMember | undefined> | undefined

  return {
    userId: session?.userId ?? guestId,
    guestId,
    session,
    staff: () => {
      staff ??= findStaff()
      return staff
    },
    becomeShopper: () => {
      if (session) return session.userId
      renew = true
      secret ??= newSecret()
      return guestUserId(secret)
    },
    setCookie: () => (renew && secret !== undefined ? guestCookie(secret, GUEST_SECONDS, https) : undefined),
  }
}

/** The caller of a signed call: a machine, which is neither a shopper nor staff. */
export const UNIDENTIFIED: Identity = {
  userId: undefined,
  guestId: undefined,
  session: undefined,
  staff: async () => undefined,
  becomeShopper: () => {
    throw new TypeError('a signed call has no shopper')
  },
  setCookie: () => undefined,
}

/** Authorizes the caller by an access policy. Throws not_signed_in and forbidden. */
export const authorize = async (access: Access, identity: Identity): Promise<void> => {
  if (access === 'account' && identity.session === undefined)
    throw new ShopError('not_signed_in', 'Please sign in first.')
  if (access !== 'staff' || (await identity.staff())) return
  throw identity.userId === undefined
    ? new ShopError('not_signed_in', 'Only staff may do this. Please sign in as staff.')
    : new ShopError('forbidden', 'Only staff may do this.')
}

/** The acting account on a staff route, for the audit. */
export const requireActor = async ({ staff }: Identity): Promise<string> => {
  const member = await staff()
  if (!member) throw new TypeError("only a route with access 'staff' has an actor")
  return member.actor
}
