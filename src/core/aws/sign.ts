/** How a request to AWS proves who sends it: Signature Version 4, by the `aws4` library. */
import aws4 from 'aws4'

export type Headers = Record<string, string>
/** The headers of a request, with those that prove who sends it: a POST of `body` to `/` unless told otherwise. */
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

/** There is nothing to sign with: the message says why, in the words of whoever was asked for it. */
export class MissingCredentials extends Error {
  override readonly name = 'MissingCredentials'
}

const RENEW_BEFORE_MS = 5 * 60_000

/**
 * Signs for `service` in `region` with what `provide` gives: called once, and again five minutes before the credentials
 * expire. `forget()` makes the next request ask again, after the service has refused them.
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
    const asked = provide().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new MissingCredentials(`there are no AWS credentials: ${why}`)
    })
    current = asked
    renewAt = Number.POSITIVE_INFINITY
    asked.then(
      got => {
        if (got.expiration) renewAt = got.expiration.getTime() - RENEW_BEFORE_MS
      },
      () => {
        if (current === asked) current = undefined
      },
    )
    return asked
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
 * For the embedded engine, which wants the form of a signature and checks no more: it is our own child process on a
 * loopback port that only the shop knows.
 */
export const engineSigner: Signer = (_host, headers) => ({
  ...headers,
  'x-amz-date': '20250905T100000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=cloudshelf/20250905/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
})
