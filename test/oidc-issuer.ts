/** OpenID Connect issuer for tests, which behaves like Cognito or returns forged tokens. */
import { createHash, createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onCleanup } from './cleanup.ts'

export const CLIENT_ID = 'shopclient1'

type Claims = Record<string, unknown>
export type TokenOverrides = {
  readonly claims?: Claims
  readonly header?: Claims
  /** Signs the first two parts; by default with RS256 and the issuer's key. */
  readonly sign?: (input: string, keys: Keys) => string
  /** Changes the finished token. */
  readonly tamper?: (token: string) => string
  /** Status of the token endpoint. */
  readonly status?: number
}
type Keys = { readonly own: KeyObject; readonly other: KeyObject; readonly publicPem: string }

type Grant = {
  readonly nonce: string
  readonly challenge: string
  readonly person: Claims
  readonly forged: TokenOverrides
}

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
export const rs256 = (input: string, key: KeyObject): string =>
  createSign('RSA-SHA256').update(input).sign(key, 'base64url')
export const hs256 = (input: string, key: string): string =>
  createHmac('sha256', key).update(input).digest('base64url')

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

export const startIssuer = async () => {
  const [own, other] = [pair(), pair()]
  const keys: Keys = {
    own: own.privateKey,
    other: other.privateKey,
    publicPem: own.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
  const grants = new Map<string, Grant>()
  let issuer = ''
  let visitor: Claims | undefined

  const idToken = ({ nonce, person, forged }: Grant): string => {
    const now = Math.floor(Date.now() / 1000)
    const header = { alg: 'RS256', kid: 'own', ...forged.header }
    const usual = {
      iss: issuer,
      aud: CLIENT_ID,
      token_use: 'id',
      iat: now,
      auth_time: now,
      exp: now + 300,
      nonce,
    }
    const input = `${base64(header)}.${base64({ ...usual, ...person, ...forged.claims })}`
    const signature = forged.sign?.(input, keys) ?? rs256(input, keys.own)
    const token = `${input}.${signature}`
    return forged.tamper?.(token) ?? token
  }

  const token = (form: URLSearchParams): [number, object] => {
    const grant = grants.get(form.get('code') ?? '')
    grants.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!grant || grant.challenge !== challenge) return [400, { error: 'invalid_grant' }]
    if (grant.forged.status) return [grant.forged.status, { error: 'server_error' }]
    return [200, { access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token: idToken(grant) }]
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const give = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/pool/.well-known/openid-configuration')
      return give(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    if (request.url === '/pool/keys')
      return give(200, {
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' }],
      })
    if (request.url === '/pool/token')
      return give(...token(new URLSearchParams(Buffer.concat(chunks).toString())))
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/pool/authorize' && visitor) {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams(signIn(url.href, visitor)).toString()
      return response.writeHead(303, { location: back.href }).end()
    }
    return give(404, {})
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onCleanup(() => {
    server.close()
    server.closeAllConnections()
  })
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`

  /** Signs this person in for a browser that comes to `url`; returns the query of the redirect. */
  const signIn = (url: string, person: Claims, forged: TokenOverrides = {}) => {
    const asked = new URL(url).searchParams
    const code = crypto.randomUUID()
    grants.set(code, {
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
      person,
      forged,
    })
    return { code, state: asked.get('state') ?? '' }
  }

  const env = {
    COGNITO_USER_POOL_ID: 'eu-central-1_Example1',
    COGNITO_CLIENT_ID: CLIENT_ID,
    COGNITO_ISSUER: issuer,
  }
  /** Signs all further browsers in as this person. */
  const signInAs = (person: Claims): void => {
    visitor = person
  }
  return { env, signIn, signInAs }
}
