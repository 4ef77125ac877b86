/**
 * Signing in by Amazon Cognito, or any issuer that speaks OpenID Connect as it does: the code flow with PKCE (RFC 7636), by
 * `openid-client`, which checks the ID token's signature, issuer, audience, times and nonce (OpenID Connect Core 1.0, 3.1.3.7).
 */
import type { Configuration } from 'openid-client'
import { ShopError } from '../../core/errors.ts'

export type CognitoSettings = {
  /** `https://cognito-idp.<region>.amazonaws.com/<pool>`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string | undefined
}

/** Who Cognito says that it is. */
export type FederatedIdentity = {
  /** Issuer and subject: the only name that stays. */
  readonly issuer: string
  readonly subject: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly firstName: string | undefined
  readonly lastName: string | undefined
}

/** What ties an answer of Cognito to the browser that asked. */
export type AuthorizationRequest = {
  readonly state: string
  readonly verifier: string
  readonly nonce: string
}

export type CognitoClient = {
  /** The URL of Cognito's sign-in page for this request. Throws identity_provider_unavailable. */
  readonly authorizationUrl: (request: AuthorizationRequest) => Promise<string>
  /** The identity behind an authorization code. Throws sign_in_failed, identity_provider_unavailable. */
  readonly exchangeCode: (code: string, request: AuthorizationRequest) => Promise<FederatedIdentity>
}

const TIMEOUT_SECONDS = 10
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/

const unavailable = () =>
  new ShopError(
    'identity_provider_unavailable',
    'The sign-in service cannot be reached just now. Please try again in a moment.',
  )

const refused = () =>
  new ShopError('sign_in_failed', 'This sign-in has taken too long or was ended. Please sign in again.')

/** Whether nobody answered, or answered that it is broken, and not that something is wrong with us. */
const isDown = (error: unknown): boolean => {
  const { code, cause, message } = error as { code?: string; cause?: unknown; message?: string }
  const status = cause instanceof Response ? cause.status : (cause as { status?: number } | undefined)?.status
  return code === 'OAUTH_TIMEOUT' || message === 'fetch failed' || (status ?? 0) >= 500
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

/** The page that Cognito sends browsers back to; the user pool's client must allow it. */
export const cognitoRedirectUrl = (publicUrl: string): string => new URL('/sign-in/cognito', publicUrl).href

/** `redirectUri` is where Cognito sends browsers back to. */
export const createCognitoClient = (
  { issuer, clientId, clientSecret }: CognitoSettings,
  redirectUri: string,
): CognitoClient => {
  let known: Promise<Configuration> | undefined

  const discover = async (): Promise<Configuration> => {
    const { discovery, ClientSecretBasic, None, allowInsecureRequests, enableNonRepudiationChecks } =
      await import('openid-client')
    const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret)
    return discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      execute: [enableNonRepudiationChecks, ...(LOOPBACK.test(issuer) ? [allowInsecureRequests] : [])],
    })
  }

  /** The issuer's own description of itself, read once. Throws identity_provider_unavailable. */
  const configuration = async (): Promise<Configuration> => {
    known ??= discover()
    try {
      return await known
    } catch {
      known = undefined
      throw unavailable()
    }
  }

  /** Where the browser goes, for what was asked. Throws identity_provider_unavailable. */
  const authorizationUrl = async ({ state, verifier, nonce }: AuthorizationRequest): Promise<string> => {
    const config = await configuration()
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import('openid-client')
    return buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).href
  }

  /** Who it is, for the code that the browser brought back. Throws sign_in_failed, identity_provider_unavailable. */
  const exchangeCode = async (
    code: string,
    { state, verifier, nonce }: AuthorizationRequest,
  ): Promise<FederatedIdentity> => {
    const config = await configuration()
    const { authorizationCodeGrant } = await import('openid-client')
    const back = new URL(redirectUri)
    back.search = new URLSearchParams({ code, state }).toString()
    const tokens = await authorizationCodeGrant(config, back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      throw isDown(error) ? unavailable() : refused()
    })
    const claims = tokens.claims()
    // Cognito signs access tokens with the same key: only the ID token says who it is.
    if (claims?.token_use !== 'id') throw refused()
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: text(claims.email),
      emailVerified: claims.email_verified === true || claims.email_verified === 'true',
      firstName: text(claims.given_name),
      lastName: text(claims.family_name),
    }
  }

  return { authorizationUrl, exchangeCode }
}
