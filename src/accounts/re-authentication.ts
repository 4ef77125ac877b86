/**
 * Re-authentication: before an account gets or loses a way to sign in, is erased or exported, its owner is asked again. A session
 * may be borrowed or stolen; what is added in it would outlive it, and a change of the password too.
 */
import { ShopError } from '../core/errors.ts'
import type { Session } from '../http/identity.ts'
import type { Reauthenticate } from '../http/route.ts'
import type { AccountDeps } from './deps.ts'
import { verifyPassword } from './passwords.ts'
import { wrongPassword } from './problems.ts'
import { hasSecondFactor, readSignInMethods, type SignInMethods } from './sign-in-methods.ts'

/** How long a sign-in with a passkey or at another issuer proves that the owner is there, in milliseconds. */
const PROOF_LASTS = 5 * 60_000

const isRecentlyProved = ({ provedAt }: Session, now: Date): boolean =>
  provedAt !== undefined && now.getTime() - provedAt.getTime() <= PROOF_LASTS

/** What a session must still send to change how its account signs in. */
export type Proof = 'password' | 'none' | 'recent_sign_in' | 'second_factor'

export const neededProof = (session: Session, methods: SignInMethods, now: Date): Proof => {
  if (!session.secondFactor && hasSecondFactor(methods)) return 'second_factor'
  if (methods.password) return 'password'
  return isRecentlyProved(session, now) ? 'none' : 'recent_sign_in'
}

const secondFactorNeeded = () =>
  new ShopError(
    'second_factor_needed',
    'To change this, please sign in again with your passkey or a code from your authenticator app.',
  )

const needed = (detail: string) => new ShopError('reauthentication_needed', detail)

/**
 * The check of the owner, the same for every endpoint with `reauthenticate`. A second factor that is set must have been shown in
 * this session. An account with a password needs it; one without must have signed in a moment ago.
 */
export const createReauthentication =
  (deps: Pick<AccountDeps, 'records' | 'now'>): Reauthenticate =>
  async (session, password) => {
    const methods = await readSignInMethods(deps, session.userId)
    const proof = neededProof(session, methods, deps.now())
    if (proof === 'second_factor') throw secondFactorNeeded()
    if (password === null || proof === 'none') return
    if (proof === 'recent_sign_in')
      throw needed(
        'Your account has no password: please sign in again with a passkey or single sign-on, then repeat this within 5 minutes.',
      )
    if (password === undefined) throw needed('Please send the password of your account again.')
    const hash = String(methods.password?.record.password)
    if (!(await verifyPassword({ hash, password }))) throw wrongPassword()
  }
