/** Handlers of sign-in with Cognito. A sign-in in progress is a row in control, under the hash of a cookie of the browser. */
import { CONTROL_ROWS } from '../../core/control/rows.ts'
import { cookieName, cookieValue, setCookie } from '../../core/cookies.ts'
import { orShopError } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { epochSeconds, newSecret } from '../../core/ids.ts'
import { isSecret } from '../../core/secrets.ts'
import { type Reauthenticate, type Route, route } from '../../http/route.ts'
import { endSessions } from '../active-sessions.ts'
import { createSession, type NewSessionDeps } from '../new-session.ts'
import { signInExpired } from '../problems.ts'
import { requireSession } from '../sessions.ts'
import * as api from './api.ts'
import {
  findOrCreateAccount,
  linkIdentity,
  listLinkedIdentities,
  unlinkIdentities,
} from './linked-identities.ts'
import type { AuthorizationRequest, CognitoClient } from './oidc.ts'

export type CognitoRouteDeps = NewSessionDeps & {
  /** Undefined when the shop is not set up for Cognito. */
  readonly cognito: CognitoClient | undefined
}

const REQUEST_SECONDS = CONTROL_ROWS.cognitoRequest.ttl

/** A sign-in in progress, until the browser returns from Cognito. */
type PendingSignIn = AuthorizationRequest & {
  /** The account to link; absent for a sign-in. */
  readonly user_id?: string
  readonly next?: string
}

type Beginning = {
  readonly again: boolean
  readonly next: string | undefined
  readonly linkTo: string | undefined
}

export const cognitoRoutes = (deps: CognitoRouteDeps, reauthenticate: Reauthenticate): Route[] => {
  const { db, names, now } = deps
  const https = deps.publicUrl.startsWith('https:')
  const name = cookieName('cloudshelf_cognito', https)
  const keyOf = CONTROL_ROWS.cognitoRequest.key
  const cookie = (secret: string, seconds: number): string => setCookie(name, secret, seconds, https)

  const requireCognito = (): CognitoClient => {
    if (!deps.cognito) throw new ShopError('not_found', 'Sign-in with Cognito is not set up in this shop.')
    return deps.cognito
  }

  /** Removes and returns the sign-in that this browser began. Throws sign_in_failed. */
  const takePendingSignIn = async (cookies: string | undefined, state: string): Promise<PendingSignIn> => {
    const secret = cookieValue(cookies, name)
    if (!isSecret(secret)) throw signInExpired()
    const key = keyOf(secret)
    const row = await db.get(names.control, key)
    if (row?.state !== state || !(Number(row.expires_at) > epochSeconds(now()))) throw signInExpired()
    const spent = { action: 'Delete', table: names.control, key, condition: 'attribute_exists(pk)' } as const
    await orShopError(db.transact([{ ...spent, refused: signInExpired }]))
    return row as unknown as PendingSignIn
  }

  /** Begins a sign-in of this browser, or the linking of the account `linkTo`; returns the URL to go to. */
  const begin = async (
    setCookies: string[],
    { again, next, linkTo }: Beginning,
  ): Promise<{ readonly url: string }> => {
    const request: AuthorizationRequest = { state: newSecret(), verifier: newSecret(), nonce: newSecret() }
    const url = await requireCognito().authorizationUrl(request, { again })
    const secret = newSecret()
    const item = {
      ...keyOf(secret),
      ...request,
      ...(linkTo === undefined ? {} : { user_id: linkTo }),
      ...(next === undefined ? {} : { next }),
      expires_at: epochSeconds(now()) + REQUEST_SECONDS,
    }
    await db.write({ action: 'Put', table: names.control, item })
    setCookies.push(cookie(secret, REQUEST_SECONDS))
    return { url }
  }

  return [
    route(api.cognitoState, async ({ identity: { session } }) => ({
      available: deps.cognito !== undefined,
      linked: session !== undefined && (await listLinkedIdentities(deps, session.userId)).length > 0,
    })),
    route(api.beginCognito, ({ body: { again = false, next }, setCookies }) =>
      begin(setCookies, { again, next, linkTo: undefined }),
    ),
    route(
      api.linkCognito,
      context => {
        const { userId } = requireSession(context)
        // Whoever uses this computer may still be signed in at Cognito.
        return begin(context.setCookies, { again: true, next: context.body.next, linkTo: userId })
      },
      reauthenticate,
    ),
    route(api.finishCognito, async ({ body, identity: { session }, requestHeaders, setCookies }) => {
      const cognito = requireCognito()
      const pending = await takePendingSignIn(requestHeaders.get('cookie') ?? undefined, body.state)
      setCookies.push(cookie('', 0))
      if (body.code === undefined) throw signInExpired()
      const identity = await cognito.exchangeCode(body.code, pending)
      const next = pending.next === undefined ? {} : { next: pending.next }
      if (pending.user_id !== undefined) {
        // The caller must still be signed in to the account that is linked.
        if (session?.userId !== pending.user_id) throw signInExpired()
        await linkIdentity(deps, identity, pending.user_id)
        return { linked: true, ...next }
      }
      const userId = await findOrCreateAccount(deps, identity)
      const opened = await createSession(deps, userId, {
        userAgent: requestHeaders.get('user-agent') ?? undefined,
        secondFactor: false,
        provedAt: identity.authenticatedAt,
      })
      setCookies.push(opened.cookie)
      if (session) await endSessions(deps, session.userId, id => id === session.sessionId)
      return { linked: false, ...next }
    }),
    route(
      api.unlinkCognito,
      async context => {
        await unlinkIdentities(deps, requireSession(context).userId)
        return undefined
      },
      reauthenticate,
    ),
  ]
}
