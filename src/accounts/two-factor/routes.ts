/** The handlers of second factors and passkeys. */
import { withoutCookie } from '../../core/cookies.ts'
import { ShopError } from '../../core/errors.ts'
import { type Context, type Route, route } from '../../http/app.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { auditOwnChange, type OwnChange } from '../audit.ts'
import type { Auth } from '../auth/auth.ts'
import { type CallContext, headersOf, unwrap } from '../auth/library-call.ts'
import { assertPassword } from '../password-credential.ts'
import { requireSession } from '../require-session.ts'
import { sessionCookie } from '../sessions.ts'
import type { AccountDeps } from '../sign-up.ts'
import * as api from './api.ts'

type Given = {
  readonly deps: AccountDeps
  readonly auth: () => Promise<Auth>
  readonly calling: (context: Pick<Context<Endpoint>, 'sent' | 'setCookies'>) => CallContext
  readonly endOld: (context: Pick<Context<Endpoint>, 'identity'>) => Promise<void>
}

/** The library checks what it gets; the endpoint knows only that it is an object. */
type PasskeyAnswer = NonNullable<
  Parameters<Auth['api']['verifyPasskeyAuthentication']>[0]
>['body']['response']

const USER_VERIFIED = 0x04

/** The authenticator's own word that it knew its user, in the data that it signs (WebAuthn, 6.1: flags after 32 bytes). */
const assertUserVerified = (response: Readonly<Record<string, unknown>>): void => {
  const inner = response.response as { authenticatorData?: unknown } | undefined
  const data = Buffer.from(String(inner?.authenticatorData ?? ''), 'base64url')
  if (((data[32] ?? 0) & USER_VERIFIED) === 0)
    throw new ShopError('sign_in_failed', 'This passkey did not check who uses it.')
}

export const twoFactorRoutes = ({ deps, auth, calling, endOld }: Given): Route[] => {
  /** Calls the library as the caller. */
  const ask = async <T>(
    context: Pick<Context<Endpoint>, 'sent' | 'setCookies'>,
    question: (library: Auth, headers: Headers) => Promise<Response>,
  ): Promise<T> => {
    const call = calling(context)
    return unwrap<T>(call, question(await auth(), headersOf(call)))
  }

  /**
   * Where there is a second factor already, only a session that showed it may add, take away or renew one: or the password
   * alone would make a second factor of its own. Throws second_factor_needed.
   */
  const assertShowedFactor = async (context: Pick<Context<Endpoint>, 'identity'>): Promise<void> => {
    const { userId, secondFactor } = requireSession(context)
    if (secondFactor) return
    const [user, passkeys] = await Promise.all([
      deps.records.byId('user', userId),
      deps.records.byField('passkey', 'userId', userId),
    ])
    if (user?.record.twoFactorEnabled !== true && passkeys.length === 0) return
    throw new ShopError(
      'second_factor_needed',
      'Please sign in once more, with your passkey or a code of your app: only then can this be changed.',
    )
  }

  /** Checks a second step of signing in, by the first one alone: a session that is there already has no part in it. */
  const askWithoutSession = async (
    context: Pick<Context<Endpoint>, 'sent' | 'setCookies'>,
    question: (library: Auth, headers: Headers) => Promise<Response>,
  ): Promise<void> => {
    const call = calling(context)
    const cookie = withoutCookie(call.cookie, sessionCookie(call.origin.startsWith('https:')))
    await unwrap(call, question(await auth(), headersOf({ ...call, cookie })))
  }

  /** After the library has done it: it has transactions of its own. */
  const note = (context: Pick<Context<Endpoint>, 'identity'>, what: OwnChange) =>
    deps.db.transact(auditOwnChange(deps, requireSession(context).userId, what))

  return [
    route(api.getTotp, async context => {
      const user = await deps.records.byId('user', requireSession(context).userId)
      return { enabled: user?.record.twoFactorEnabled === true }
    }),
    route(api.beginTotp, async context => {
      await assertShowedFactor(context)
      const body = { password: context.body.password, method: 'totp' as const }
      const { totpURI, backupCodes } = await ask<{ totpURI: string; backupCodes: string[] }>(
        context,
        (library, headers) => library.api.enableTwoFactor({ body, headers, asResponse: true }),
      )
      return { totp_uri: totpURI, recovery_codes: backupCodes }
    }),
    route(api.confirmTotp, async context => {
      await assertShowedFactor(context)
      const { code } = context.body
      await ask(context, (library, headers) =>
        library.api.verifyTOTP({ body: { code }, headers, asResponse: true }),
      )
      await note(context, 'account.authenticator-app.on')
      return undefined
    }),
    route(api.endTotp, async context => {
      await assertShowedFactor(context)
      const { password } = context.body
      await ask(context, (library, headers) =>
        library.api.disableTwoFactor({ body: { password }, headers, asResponse: true }),
      )
      await note(context, 'account.authenticator-app.off')
      return undefined
    }),
    route(api.renewRecoveryCodes, async context => {
      await assertShowedFactor(context)
      const { password } = context.body
      const { backupCodes } = await ask<{ backupCodes: string[] }>(context, (library, headers) =>
        library.api.generateBackupCodes({ body: { password }, headers, asResponse: true }),
      )
      await note(context, 'account.recovery-codes')
      return { recovery_codes: backupCodes }
    }),
    route(api.signInWithCode, async context => {
      const { code } = context.body
      await askWithoutSession(context, (library, headers) =>
        library.api.verifyTOTP({ body: { code }, headers, asResponse: true }),
      )
      await endOld(context)
      return { second_factor: false }
    }),
    route(api.signInWithRecoveryCode, async context => {
      const { code } = context.body
      await askWithoutSession(context, (library, headers) =>
        library.api.verifyBackupCode({ body: { code }, headers, asResponse: true }),
      )
      await endOld(context)
      return { second_factor: false }
    }),
    route(api.passkeyOptions, async context => {
      await assertShowedFactor(context)
      await assertPassword(deps, requireSession(context).userId, context.body.password)
      return ask<Record<string, unknown>>(context, (library, headers) =>
        library.api.generatePasskeyRegistrationOptions({ headers, asResponse: true }),
      )
    }),
    route(api.addPasskey, async context => {
      await assertShowedFactor(context)
      const { response, name } = context.body
      const body = { response, ...(name === undefined ? {} : { name }) }
      await ask(context, (library, headers) =>
        library.api.verifyPasskeyRegistration({ body, headers, asResponse: true }),
      )
      await note(context, 'account.passkey.add')
      return undefined
    }),
    route(api.listPasskeys, async context => {
      const found = await deps.records.byField('passkey', 'userId', requireSession(context).userId)
      return {
        items: found.map(({ record: { id, name, createdAt } }) => ({
          passkey_id: String(id),
          ...(typeof name === 'string' ? { name } : {}),
          ...(typeof createdAt === 'string' ? { created_at: createdAt } : {}),
        })),
      }
    }),
    route(api.removePasskey, async context => {
      const { userId } = requireSession(context)
      const found = await deps.records.byId('passkey', context.params.passkey_id)
      if (found?.record.userId !== userId)
        throw new ShopError('passkey_not_found', 'You have no such passkey.')
      await assertShowedFactor(context)
      await deps.db.transact([
        ...deps.records.removalWrites('passkey', { ...found, revision: undefined }),
        ...auditOwnChange(deps, userId, 'account.passkey.remove'),
      ])
      return undefined
    }),
    route(api.passkeySignInOptions, async context =>
      ask<Record<string, unknown>>(context, (library, headers) =>
        library.api.generatePasskeyAuthenticationOptions({ headers, asResponse: true }),
      ),
    ),
    route(api.signInWithPasskey, async context => {
      const { response } = context.body
      assertUserVerified(response)
      await ask(context, (library, headers) =>
        library.api.verifyPasskeyAuthentication({
          body: { response: response as unknown as PasskeyAnswer },
          headers,
          asResponse: true,
        }),
      )
      await endOld(context)
      return { second_factor: false }
    }),
  ]
}
