/** The handlers of signing up and in. The sign-in library is loaded by the first that needs it. */

import { ShopError } from '../core/errors.ts'
import type { Limiter } from '../core/rate-limit/limiter.ts'
import { withUniformTiming } from '../core/timing.ts'
import { type Context, type Route, route } from '../http/app.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { guestCookie, type SessionStore } from '../http/identity.ts'
import { createRequestCounter } from '../http/rate-limits.ts'
import * as credentials from './account-recovery.ts'
import * as api from './api.ts'
import { auditOwnChange } from './audit.ts'
import type { Auth, AuthDeps } from './auth/auth.ts'
import { encodeEmail } from './auth/email-encoding.ts'
import { type CallContext, headersOf, unwrap } from './auth/library-call.ts'
import { type CognitoRouteDeps, cognitoRoutes } from './cognito/routes.ts'
import type { KnownDevices } from './known-devices.ts'
import { assertNotGuessable } from './passwords.ts'
import { requireSession } from './require-session.ts'
import { type AccountDeps, announceAccountMail, resendVerification, signUp, verifyEmail } from './sign-up.ts'
import { twoFactorRoutes } from './two-factor/routes.ts'

export type AccountRouteDeps = AccountDeps &
  AuthDeps &
  CognitoRouteDeps &
  Pick<SessionStore, 'staffRole'> & { readonly devices: KnownDevices; readonly limiter: Limiter }

const SENT = { detail: 'If this needs a mail, it is on its way to that address.' }

export const accountRoutes = (deps: AccountRouteDeps): Route[] => {
  let opened: Promise<Auth> | undefined
  /** The library, loaded when the first request needs it. */
  const auth = (): Promise<Auth> => {
    opened ??= import('./auth/auth.ts').then(({ createAuth }) => createAuth(deps))
    return opened
  }
  const origin = new URL(deps.publicUrl).origin
  const calling = ({ sent, setCookies }: Pick<Context<Endpoint>, 'sent' | 'setCookies'>): CallContext => ({
    cookie: sent.get('cookie') ?? undefined,
    userAgent: sent.get('user-agent') ?? undefined,
    origin,
    setCookie: header => setCookies.push(header),
  })

  /** Ends the session that a new one takes the place of. */
  const endOld = async ({ identity: { session } }: Pick<Context<Endpoint>, 'identity'>): Promise<void> => {
    if (session) await credentials.endSessions(deps, session.userId, id => id === session.sessionId)
  }

  /** Another mail to confirm the address, unless it has had as many as anybody may ask for. */
  const confirmAgain = async (email: string): Promise<void> => {
    const hit = {
      clientNetwork: () => '',
      account: undefined,
      body: { email },
      deviceOf: async () => undefined,
    }
    const { id } = api.resendVerification
    try {
      await (await createRequestCounter(deps.limiter, id, [api.MAILS_PER_EMAIL], hit)).count()
    } catch (error) {
      if (error instanceof ShopError && error.code === 'too_many_requests') return
      throw error
    }
    await resendVerification(deps, email)
  }

  const signIn = async (context: Context<typeof api.signIn>) => {
    const call = calling(context)
    const { email } = context.body
    const signing = (await auth()).api.signInEmail({
      body: { email: encodeEmail(email), password: context.body.password },
      headers: headersOf(call),
      asResponse: true,
    })
    const answer = await unwrap<{ twoFactorRedirect?: boolean }>(call, signing).catch(async error => {
      if (error.code === 'email_not_verified') await confirmAgain(email)
      throw error
    })
    // The password was right: this browser's tries are counted apart from a stranger's from now on.
    context.setCookies.push(await deps.devices.remember(email, call.cookie))
    if (!answer.twoFactorRedirect) await endOld(context)
    return { second_factor: answer.twoFactorRedirect === true }
  }

  return [
    route(api.signUp, async ({ body }) => {
      await withUniformTiming(() => signUp(deps, body))
      return SENT
    }),
    route(api.verifyEmail, async ({ body }) => {
      await verifyEmail(deps, body.token, body.password)
      return undefined
    }),
    route(api.resendVerification, async ({ body }) => {
      await withUniformTiming(() => resendVerification(deps, body.email))
      return SENT
    }),
    route(api.signIn, context => withUniformTiming(() => signIn(context))),
    route(api.signOut, async context => {
      const call = calling(context)
      if (context.identity.session)
        await unwrap(call, (await auth()).api.signOut({ headers: headersOf(call), asResponse: true }))
      // Whoever uses this browser next is somebody else: what was a guest's here is not theirs either.
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
    route(api.forgotPassword, async ({ body }) => {
      await withUniformTiming(() => credentials.requestPasswordReset(deps, body.email))
      return SENT
    }),
    route(api.resetPassword, async ({ body }) => {
      await deps.devices.forget(await credentials.resetPassword(deps, body.token, body.password))
      return undefined
    }),
    route(api.changePassword, async context => {
      const call = calling(context)
      const { userId } = requireSession(context)
      const { current_password: currentPassword, password: newPassword } = context.body
      await assertNotGuessable(newPassword, (await deps.users.get(userId))?.email ?? '')
      const body = { currentPassword, newPassword, revokeOtherSessions: true }
      await unwrap(
        call,
        (await auth()).api.changePassword({ body, headers: headersOf(call), asResponse: true }),
      )
      await deps.db.transact([
        announceAccountMail(deps, 'password_changed', userId),
        ...auditOwnChange(deps, userId, 'account.password'),
      ])
      return undefined
    }),
    route(api.changeEmail, async context => {
      await withUniformTiming(() =>
        credentials.requestEmailChange(deps, requireSession(context).userId, context.body),
      )
      return SENT
    }),
    route(api.confirmEmail, async ({ body }) => {
      const old = await credentials.confirmEmailChange(deps, body.token)
      await deps.devices.forget(old)
      return undefined
    }),
    route(api.listSessions, async context => {
      const { userId, sessionId } = requireSession(context)
      const found = await credentials.listSessions(deps, userId)
      return {
        items: found.map(({ row, stored }) => ({
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
      await credentials.endSession(deps, requireSession(context), context.params.session_id)
      return undefined
    }),
    route(api.endOtherSessions, async context => {
      await credentials.endOtherSessions(deps, requireSession(context))
      return undefined
    }),
    ...twoFactorRoutes({ deps, auth, calling, endOld }),
    ...cognitoRoutes(deps),
  ]
}
