/**
 * Handlers of sign-up, sign-in and the sessions of an account; the routes of its second factors and of Cognito are added to
 * them. The sign-in library is loaded when the first request needs it.
 */
import { ShopError } from '../core/errors.ts'
import { withUniformTiming } from '../core/timing.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { guestCookie, type SessionStore } from '../http/identity.ts'
import { type Context, type Route, route } from '../http/route.ts'
import { changePassword, previewReset, requestPasswordReset, resetPassword } from './account-recovery.ts'
import { endOtherSessions, endSession, endSessions, listSessions } from './active-sessions.ts'
import * as api from './api.ts'
import type { Auth, AuthDeps } from './auth/auth.ts'
import { encodeEmail } from './auth/email-encoding.ts'
import { type CallContext, headersOf, unwrap } from './auth/library-call.ts'
import { type CognitoRouteDeps, cognitoRoutes } from './cognito/routes.ts'
import type { AccountDeps } from './deps.ts'
import { confirmEmailChange, requestEmailChange } from './email-change.ts'
import type { KnownDevices } from './known-devices.ts'
import { createReauthentication, neededProof } from './re-authentication.ts'
import { requireSession } from './sessions.ts'
import { readSignInMethods } from './sign-in-methods.ts'
import { resendVerification, signUp, verifyEmail } from './sign-up.ts'
import { twoFactorRoutes } from './two-factor/routes.ts'

export type AccountRouteDeps = AccountDeps &
  AuthDeps &
  CognitoRouteDeps &
  Pick<SessionStore, 'staffRole'> & { readonly devices: KnownDevices }

/** The same for known and unknown emails, against account enumeration. */
const SENT = { detail: 'Please check your email: if a message is needed, it is on its way.' }

export const accountRoutes = (deps: AccountRouteDeps): Route[] => {
  let loading: Promise<Auth> | undefined
  const auth = (): Promise<Auth> => {
    loading ??= import('./auth/auth.ts').then(({ createAuth }) => createAuth(deps))
    return loading
  }
  const reauthenticate = createReauthentication(deps)
  const origin = new URL(deps.publicUrl).origin
  const callContext = ({
    requestHeaders,
    setCookies,
  }: Pick<Context<Endpoint>, 'requestHeaders' | 'setCookies'>): CallContext => ({
    cookie: requestHeaders.get('cookie') ?? undefined,
    userAgent: requestHeaders.get('user-agent') ?? undefined,
    origin,
    setCookie: header => setCookies.push(header),
  })

  /** Ends the session that the caller had before a new one was opened. */
  const endPreviousSession = async ({
    identity: { session },
  }: Pick<Context<Endpoint>, 'identity'>): Promise<void> => {
    if (session) await endSessions(deps, session.userId, id => id === session.sessionId)
  }

  type Credentials = { readonly email: string; readonly password: string }
  const signIn = async (context: Context<Endpoint>, { email, password }: Credentials) => {
    const call = callContext(context)
    const response = (await auth()).api.signInEmail({
      body: { email: encodeEmail(email), password },
      headers: headersOf(call),
      asResponse: true,
    })
    const result = await unwrap<{ twoFactorRedirect?: boolean }>(call, response)
    // The password was right: from now on, attempts of this browser are counted apart from those of strangers.
    context.setCookies.push(await deps.devices.remember(email, call.cookie))
    if (!result.twoFactorRedirect) await endPreviousSession(context)
    return { second_factor: result.twoFactorRedirect === true }
  }

  return [
    route(api.signUp, async ({ body, mails }) => {
      await withUniformTiming(() => signUp(deps, mails, body))
      return SENT
    }),
    route(api.verifyEmail, async context => {
      const { token, password } = context.body
      const email = await verifyEmail(deps, token, password)
      // The password was right, so it need not be asked for again. The email is verified even if this fails.
      await signIn(context, { email, password }).catch(error => {
        if (!(error instanceof ShopError)) throw error
      })
      return undefined
    }),
    route(api.resendVerification, async ({ body, mails }) => {
      await withUniformTiming(() => resendVerification(deps, mails, body.email))
      return SENT
    }),
    route(api.signIn, context => withUniformTiming(() => signIn(context, context.body))),
    route(api.signOut, async context => {
      const call = callContext(context)
      if (context.identity.session)
        await unwrap(call, (await auth()).api.signOut({ headers: headersOf(call), asResponse: true }))
      // The next user of this browser may be another person, who must not see the guest's cart and orders either.
      if (context.identity.guestId !== undefined)
        context.setCookies.push(guestCookie('', 0, deps.publicUrl.startsWith('https:')))
      return undefined
    }),
    route(api.whoAmI, async ({ identity: { session } }) => {
      const user = session && (await deps.users.get(session.userId))
      if (!user) return { signed_in: false }
      const { email, first_name } = user
      return {
        signed_in: true,
        email,
        ...(first_name === undefined ? {} : { first_name }),
        role: (await deps.staffRole(session.userId)) ?? ('customer' as const),
        second_factor: session.secondFactor,
      }
    }),
    route(api.forgotPassword, async ({ body, mails }) => {
      await withUniformTiming(() => requestPasswordReset(deps, mails, body.email))
      return SENT
    }),
    route(api.previewReset, ({ body }) => previewReset(deps, body.token)),
    route(api.resetPassword, async ({ body: { token, password, remove_other_methods } }) => {
      const reset = { token, password, removeOtherMethods: remove_other_methods }
      await deps.devices.forget(await resetPassword(deps, reset))
      return undefined
    }),
    route(api.getSignInMethods, async context => {
      const session = requireSession(context)
      const methods = await readSignInMethods(deps, session.userId)
      return {
        password: methods.password !== undefined,
        passkeys: methods.passkeys.length,
        linked_identities: methods.identities.length,
        authenticator_app: methods.authenticatorApp,
        proof: neededProof(session, methods, deps.now()),
      }
    }),
    route(
      api.changePassword,
      async context => {
        const { userAgent } = callContext(context)
        const { password, current_password: currentPassword } = context.body
        const session = requireSession(context)
        const change = { password, currentPassword, session, userAgent }
        context.setCookies.push(await changePassword(deps, change))
        return undefined
      },
      reauthenticate,
    ),
    route(
      api.changeEmail,
      async context => {
        await requestEmailChange(deps, context.mails, requireSession(context).userId, context.body.email)
        return SENT
      },
      reauthenticate,
    ),
    route(api.confirmEmail, async context => {
      const { userId } = requireSession(context)
      await deps.devices.forget(await confirmEmailChange(deps, userId, context.body.token))
      return undefined
    }),
    route(api.listSessions, async context => {
      const { userId, sessionId } = requireSession(context)
      const sessions = await listSessions(deps, userId)
      return {
        items: sessions.map(({ row, stored }) => ({
          session_id: row.id,
          current: row.id === sessionId,
          created_at: row.createdAt.toISOString(),
          last_used_at: row.updatedAt.toISOString(),
          ...(typeof stored.record.userAgent === 'string' ? { user_agent: stored.record.userAgent } : {}),
          second_factor: row.secondFactor,
        })),
      }
    }),
    route(api.endSession, async context => {
      await endSession(deps, requireSession(context), context.params.session_id)
      return undefined
    }),
    route(api.endOtherSessions, async context => {
      await endOtherSessions(deps, requireSession(context))
      return undefined
    }),
    ...twoFactorRoutes({ deps, auth, callContext, endPreviousSession, reauthenticate }),
    ...cognitoRoutes(deps, reauthenticate),
  ]
}
