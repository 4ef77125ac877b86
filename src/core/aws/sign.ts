/** Signer of AWS requests: Signature Version 4, by the `aws4` library. */
import aws4 from 'aws4'

export type Headers = Record<string, string>
/** The headers of a request, with those of its signature. By default the request is a POST of `body` to `/`. */
export type Signer = (
  host: string,
  headers: Headers,
  body: string,
  path?: string,
  method?: string,
) => Promise<Headers> | Headers

export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** No credentials were found; the message has the reason of the provider. */
export class MissingCredentials extends Error {
  override readonly name = 'MissingCredentials'
}

const RENEW_BEFORE_MS = 5 * 60_000

/**
 * A signer for `service` in `region`. `provide` finds the credentials: with the first request, again five minutes before they
 * expire, and after `forget()`, for when the service has refused them.
 */
export const createServiceSigner = (
  service: 'dynamodb' | 'ses' | 's3' | 'ssm' | 'sts' | 'cloudformation',
  region: string,
  provide: () => Promise<Credentials>,
): Signer & { forget(): void } => {
  let current: Promise<Credentials> | undefined
  let renewAt = Number.POSITIVE_INFINITY
  const credentials = (): Promise<Credentials> => {
    if (current && Date.now() < renewAt) return current
    const provided = provide().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new MissingCredentials(`no AWS credentials found: ${why}`)
    })
    current = provided
    renewAt = Number.POSITIVE_INFINITY
    provided.then(
      got => {
        if (got.expiration) renewAt = got.expiration.getTime() - RENEW_BEFORE_MS
      },
      () => {
        if (current === provided) current = undefined
      },
    )
    return provided
  }
  const sign: Signer = async (host, headers, body, path = '/', method = 'POST') => {
    const request = {
      host,
      method,
      path,
      service,
      region,
      headers: { ...headers },
      body,
    }
    return aws4.sign(request, await credentials()).headers as Headers
  }
  return Object.assign(sign, {
    forget: () => {
      current = undefined
    },
  })
}

/**
 * The signer for the embedded engine, which wants a signature but does not verify it: the engine is a child process on a
 * loopback port that only the shop knows.
 */
export const engineSigner: Signer = (_host, headers) => ({
  ...headers,
  'x-amz-date': '20250905T100000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=cloudshelf/20250905/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
})
