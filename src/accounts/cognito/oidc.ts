/**
 * Client of Amazon Cognito, or of any OpenID Connect issuer like it: authorization code flow with PKCE (RFC 7636), by
 * `openid-client`, which checks the ID token's signature, issuer, audience, times and nonce (OpenID Connect Core 1.0, 3.1.3.7).
 */
import type { Configuration } from 'openid-client'
import { ShopError } from '../../core/errors.ts'
import { signInExpired } from '../problems.ts'

export type CognitoSettings = {
  /** `https://cognito-idp.<region>.amazonaws.com/<pool>`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string | undefined
}

/** A person as Cognito has authenticated them. */
export type FederatedIdentity = {
  /** Issuer and subject are the only stable identifier; an email may change. */
  readonly issuer: string
  readonly subject: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  /** When the person typed their password there; it may be long ago. Undefined where the issuer does not say. */
  readonly authenticatedAt: Date | undefined
}

/** Binds the response of Cognito to the browser that began the sign-in. */
export type AuthorizationRequest = {
  readonly state: string
  readonly verifier: string
  readonly nonce: string
}

export type CognitoClient = {
  /**
   * The URL of Cognito's sign-in page for this request; with `again` it asks for the password even where it remembers the browser.
   * Throws identity_provider_unavailable.
   */
  readonly authorizationUrl: (
    request: AuthorizationRequest,
    options: { readonly again: boolean },
  ) => Promise<string>
  /** The identity behind an authorization code. Throws sign_in_failed, identity_provider_unavailable. */
  readonly exchangeCode: (code: string, request: AuthorizationRequest) => Promise<FederatedIdentity>
}

const TIMEOUT_SECONDS = 10
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/

const unavailable = () =>
  new ShopError(
    'identity_provider_unavailable',
    'The sign-in service cannot be reached right now. Please try again in a moment.',
  )

/** Whether the issuer did not respond or failed, as opposed to refusing the request. */
const isDown = (error: unknown): boolean => {
  const { code, cause, message } = error as { code?: string; cause?: unknown; message?: string }
  const status = cause instanceof Response ? cause.status : (cause as { status?: number } | undefined)?.status
  return code === 'OAUTH_TIMEOUT' || message === 'fetch failed' || (status ?? 0) >= 500
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

/**
 * The page that Cognito redirects browsers to; the app client of the user pool must allow it. In a template the shop's address may
 * be a token of CDK, which no parser reads.
 */
export const cognitoRedirectUrl = (publicUrl: string): string =>
  `${publicUrl.replace(/\/$/, '')}/sign-in/cognito`

/** `redirectUri` is where Cognito redirects browsers to. */
export const createCognitoClient = (
  { issuer, clientId, clientSecret }: CognitoSettings,
  redirectUri: string,
): CognitoClient => {
  let discovered: Promise<Configuration> | undefined

  const discover = async (): Promise<Configuration> => {
    const { discovery, ClientSecretBasic, None, allowInsecureRequests, enableNonRepudiationChecks } =
      await import('openid-client')
    const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret)
    return discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      execute: [enableNonRepudiationChecks, ...(LOOPBACK.test(issuer) ? [allowInsecureRequests] : [])],
    })
  }

  /** The issuer's discovery document, read once. Throws identity_provider_unavailable. */
  const configuration = async (): Promise<Configuration> => {
    discovered ??= discover()
    try {
      return await discovered
    } catch {
      discovered = undefined
      throw unavailable()
    }
  }

  const authorizationUrl: CognitoClient['authorizationUrl'] = async (
    { state, verifier, nonce },
    { again },
  ) => {
    const config = await configuration()
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import('openid-client')
    return buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login' } : {}),
    }).href
  }

  const exchangeCode = async (
    code: string,
    { state, verifier, nonce }: AuthorizationRequest,
  ): Promise<FederatedIdentity> => {
    const config = await configuration()
    const { authorizationCodeGrant } = await import('openid-client')
    const callback = new URL(redirectUri)
    callback.search = new URLSearchParams({ code, state }).toString()
    const tokens = await authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      throw isDown(error) ? unavailable() : signInExpired()
    })
    const claims = tokens.claims()
    // Cognito signs access tokens with the same key, but only an ID token authenticates a person.
    if (claims?.token_use !== 'id') throw signInExpired()
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: text(claims.email),
      emailVerified: claims.email_verified === true || claims.email_verified === 'true',
      firstName: text(claims.given_name),
      lastName: text(claims.family_name),
      authenticatedAt: typeof claims.auth_time === 'number' ? new Date(claims.auth_time * 1000) : undefined,
    }
  }

  return { authorizationUrl, exchangeCode }
}
