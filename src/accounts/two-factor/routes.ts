/** Handlers of authenticator apps, recovery codes and passkeys, over the sign-in library. */
import { cookieValue, withoutCookie } from '../../core/cookies.ts'
import { ShopError } from '../../core/errors.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { type Context, type Reauthenticate, type Route, route } from '../../http/route.ts'
import type { Auth } from '../auth/auth.ts'
import { type CallContext, headersOf, unwrap } from '../auth/library-call.ts'
import { type LibraryChange, withNotice } from '../auth/library-notices.ts'
import { readRecoveryCode } from '../auth/recovery-codes.ts'
import type { AccountDeps } from '../deps.ts'
import { noticeWrites } from '../owner-notice.ts'
import { signInExpired } from '../problems.ts'
import { challengeCookie, requireSession, sessionCookie } from '../sessions.ts'
import * as api from './api.ts'
import { createCodeAttempts } from './code-attempts.ts'

type TwoFactorDeps = {
  readonly deps: AccountDeps
  readonly auth: () => Promise<Auth>
  readonly callContext: (context: Pick<Context<Endpoint>, 'requestHeaders' | 'setCookies'>) => CallContext
  readonly endPreviousSession: (context: Pick<Context<Endpoint>, 'identity'>) => Promise<void>
  readonly reauthenticate: Reauthenticate
}

/** Checked by the library; the endpoint only knows that it is an object. */
type PasskeyResponse = NonNullable<
  Parameters<Auth['api']['verifyPasskeyAuthentication']>[0]
>['body']['response']

const USER_VERIFIED = 0x04

/**
 * The flag "user verified" in the data that the authenticator signs (WebAuthn, 6.1: the flags follow 32 bytes). Without it a
 * passkey would be a single factor. Throws sign_in_failed.
 */
const assertUserVerified = (response: Readonly<Record<string, unknown>>): void => {
  const inner = response.response as { authenticatorData?: unknown } | undefined
  const data = Buffer.from(String(inner?.authenticatorData ?? ''), 'base64url')
  if (((data[32] ?? 0) & USER_VERIFIED) === 0)
    throw new ShopError(
      'sign_in_failed',
      'This passkey did not verify its user. Please use one that asks for a PIN, a fingerprint or your face.',
    )
}

export const twoFactorRoutes = ({
  deps,
  auth,
  callContext,
  endPreviousSession,
  reauthenticate,
}: TwoFactorDeps): Route[] => {
  const attempts = createCodeAttempts(deps)
  const https = deps.publicUrl.startsWith('https:')

  /** Calls the library with the caller's session. */
  const callLibrary = async <T>(
    context: Pick<Context<Endpoint>, 'requestHeaders' | 'setCookies'>,
    send: (library: Auth, headers: Headers) => Promise<Response>,
  ): Promise<T> => {
    const call = callContext(context)
    return unwrap<T>(call, send(await auth(), headersOf(call)))
  }

  /** The account whose sign-in waits for its second step. Throws sign_in_failed where there is none: no code is compared uncounted. */
  const challengedAccount = async (library: Auth, cookies: string | undefined): Promise<string> => {
    // The identifier, before a signature that the library checks.
    const [identifier = ''] = (cookieValue(cookies, challengeCookie(https)) ?? '').split('.')
    const { internalAdapter } = await library.$context
    const challenge = identifier === '' ? null : await internalAdapter.findVerificationValue(identifier)
    if (!challenge) throw signInExpired()
    return challenge.value
  }

  /** Calls the library for the second step of a sign-in, without an existing session: only the first step counts. */
  const callWithoutSession = async (
    context: Pick<Context<Endpoint>, 'requestHeaders' | 'setCookies'>,
    send: (library: Auth, headers: Headers) => Promise<Response>,
  ): Promise<void> => {
    const call = callContext(context)
    const cookie = withoutCookie(call.cookie, sessionCookie(https))
    const library = await auth()
    const account = await challengedAccount(library, cookie)
    await attempts.count(account, () => unwrap<void>(call, send(library, headersOf({ ...call, cookie }))))
  }

  /** Calls the library with the caller's session for a change to their account, of which its owner is notified. */
  const changeByLibrary = <T>(
    context: Pick<Context<Endpoint>, 'identity' | 'requestHeaders' | 'setCookies'>,
    change: LibraryChange,
    send: (library: Auth, headers: Headers) => Promise<Response>,
  ): Promise<T> =>
    withNotice(deps, { userId: requireSession(context).userId, change }, () => callLibrary<T>(context, send))

  return [
    route(api.getTotp, async context => {
      const user = await deps.records.byId('user', requireSession(context).userId)
      return { enabled: user?.record.twoFactorEnabled === true }
    }),
    route(
      api.beginTotp,
      async context => {
        const body = { password: context.body.password ?? '', method: 'totp' as const }
        const { totpURI, backupCodes } = await callLibrary<{ totpURI: string; backupCodes: string[] }>(
          context,
          (library, headers) => library.api.enableTwoFactor({ body, headers, asResponse: true }),
        )
        return { totp_uri: totpURI, recovery_codes: backupCodes }
      },
      reauthenticate,
    ),
    route(
      api.confirmTotp,
      async context => {
        const { code } = context.body
        await changeByLibrary(context, 'account.authenticator-app.on', (library, headers) =>
          library.api.verifyTOTP({ body: { code }, headers, asResponse: true }),
        )
        return undefined
      },
      reauthenticate,
    ),
    route(
      api.endTotp,
      async context => {
        const { password = '' } = context.body
        await changeByLibrary(context, 'account.authenticator-app.off', (library, headers) =>
          library.api.disableTwoFactor({ body: { password }, headers, asResponse: true }),
        )
        return undefined
      },
      reauthenticate,
    ),
    route(
      api.renewRecoveryCodes,
      async context => {
        const { password = '' } = context.body
        const { backupCodes } = await changeByLibrary<{ backupCodes: string[] }>(
          context,
          'account.recovery-codes',
          (library, headers) =>
            library.api.generateBackupCodes({ body: { password }, headers, asResponse: true }),
        )
        return { recovery_codes: backupCodes }
      },
      reauthenticate,
    ),
    route(api.signInWithCode, async context => {
      const { code } = context.body
      await callWithoutSession(context, (library, headers) =>
        library.api.verifyTOTP({ body: { code }, headers, asResponse: true }),
      )
      await endPreviousSession(context)
      return { second_factor: false }
    }),
    route(api.signInWithRecoveryCode, async context => {
      const code = readRecoveryCode(context.body.code)
      await callWithoutSession(context, (library, headers) =>
        library.api.verifyBackupCode({ body: { code }, headers, asResponse: true }),
      )
      await endPreviousSession(context)
      return { second_factor: false }
    }),
    route(
      api.passkeyOptions,
      async context => {
        return callLibrary<Record<string, unknown>>(context, (library, headers) =>
          library.api.generatePasskeyRegistrationOptions({ headers, asResponse: true }),
        )
      },
      reauthenticate,
    ),
    route(
      api.addPasskey,
      async context => {
        const { response, name } = context.body
        const body = { response, ...(name === undefined ? {} : { name }) }
        await changeByLibrary(context, 'account.passkey.add', (library, headers) =>
          library.api.verifyPasskeyRegistration({ body, headers, asResponse: true }),
        )
        return undefined
      },
      reauthenticate,
    ),
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
    route(
      api.removePasskey,
      async context => {
        const { userId } = requireSession(context)
        const found = await deps.records.byId('passkey', context.params.passkey_id)
        if (found?.record.userId !== userId)
          throw new ShopError('passkey_not_found', 'You have no passkey with this id.')
        await deps.db.transact([
          ...deps.records.removalWrites('passkey', { ...found, revision: undefined }),
          ...noticeWrites(deps, userId, 'account.passkey.remove'),
        ])
        return undefined
      },
      reauthenticate,
    ),
    route(api.passkeySignInOptions, async context =>
      callLibrary<Record<string, unknown>>(context, (library, headers) =>
        library.api.generatePasskeyAuthenticationOptions({ headers, asResponse: true }),
      ),
    ),
    route(api.signInWithPasskey, async context => {
      const { response } = context.body
      assertUserVerified(response)
      await callLibrary(context, (library, headers) =>
        library.api.verifyPasskeyAuthentication({
          body: { response: response as unknown as PasskeyResponse },
          headers,
          asResponse: true,
        }),
      )
      await endPreviousSession(context)
      return { second_factor: false }
    }),
  ]
}
