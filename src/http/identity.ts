/** Who calls: an account by its session, a guest by the secret in a cookie, staff by their role. Everything else is nobody in particular. */
import { cookieName, cookieValue, setCookie } from '../core/cookies.ts'
import { ShopError } from '../core/errors.ts'
import { guestUserId, newSecret } from '../core/ids.ts'
import { isSecret } from '../core/secrets.ts'
import type { Access } from './endpoint.ts'

/** The cookie outlives the cart (7 days), so that a guest can read an order back. */
const GUEST_SECONDS = 90 * 24 * 3600

/** A live session of an account, as the store has it at this request. */
export type Session = {
  readonly sessionId: string
  readonly userId: string
  /** Whether a second factor was shown when it was opened. */
  readonly secondFactor: boolean
  readonly createdAt: Date
}

/** Who acts as staff, for the audit. */
export type StaffMember = { readonly actor: string; readonly role: 'staff' | 'admin' }

/** What identity needs of the accounts, without the sign-in library. */
export type SessionStore = {
  /** The session that a Cookie header carries, if it lives. */
  readonly session: (cookie: string) => Promise<Session | undefined>
  /** The account's role, read from the store; undefined for a customer. */
  readonly staffRole: (userId: string) => Promise<StaffMember['role'] | undefined>
}

export type Identity = {
  /** The caller's id in carts and orders: the account's, else the guest's; undefined for a visitor who has neither. */
  readonly userId: string | undefined
  /** The guest's id of this browser, signed in or not. */
  readonly guestId: string | undefined
  readonly session: Session | undefined
  /** The caller as staff, asked of the store once a request and only where it matters; undefined for everyone else. */
  readonly staff: () => Promise<StaffMember | undefined>
  /** The caller's id, made if there is none yet; its cookie then goes with the answer. */
  readonly becomeShopper: () => string
  /** The Set-Cookie that the answer must carry, if any. */
  readonly setCookie: () => string | undefined
}

export type IdentityRules = {
  /** Whether the shop is reached over https: then cookies are Secure and bound to the host by their name. */
  readonly https: boolean
  /** undefined: there are no accounts. */
  readonly sessions?: SessionStore
}

const guestCookieName = (https: boolean): string => cookieName('cloudshelf_guest', https)

/** The Set-Cookie of a guest's secret, for so many seconds; 0 takes it away. */
export const guestCookie = (secret: string, seconds: number, https: boolean): string =>
  setCookie(guestCookieName(https), secret, seconds, https)

/** Who sent this Cookie header. */
export const identify = async (cookies: string | undefined, rules: IdentityRules): Promise<Identity> => {
  const { https, sessions } = rules
  const sent = cookieValue(cookies, guestCookieName(https))
  let secret = isSecret(sent) ? sent : undefined
  const guestId = secret === undefined ? undefined : guestUserId(secret)
  let renew = false
  const session = cookies === undefined ? undefined : await sessions?.session(cookies)

  const findStaff = async (): Promise<StaffMember | undefined> => {
    // Staff without a second factor have no rights yet.
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

/** Throws not_signed_in or forbidden unless the policy lets the caller in. */
export const authorize = async (policy: Access, identity: Identity): Promise<void> => {
  if (policy === 'account' && identity.session === undefined)
    throw new ShopError('not_signed_in', 'Please sign in first.')
  if (policy !== 'staff' || (await identity.staff())) return
  throw identity.userId === undefined
    ? new ShopError('not_signed_in', 'Only staff may do this. Please sign in as staff.')
    : new ShopError('forbidden', 'Only staff may do this.')
}

/** Who acts on a staff route, for the audit. */
export const requireActor = async ({ staff }: Identity): Promise<string> => {
  const member = await staff()
  if (!member) throw new TypeError('this route lets nobody in but staff')
  return member.actor
}
