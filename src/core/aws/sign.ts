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

/** A signer that keeps credentials and a clock, which a refusal of the service can correct. */
export type ServiceSigner = Signer & {
  /** Drops the credentials, for when the service has refused them: the next request finds new ones. */
  forget(): void
  /**
   * Compares the time of a refused signature, in `headers`, with the `Date` header of the response. If they are five minutes or more
   * apart, the service's clock is used from now on and the result is true: the request can be sent again. The AWS SDKs do the same.
   */
  correctClock(headers: Headers, date: string | undefined): boolean
}

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
/** From this difference to its own clock on, a service refuses a signature. */
const MAX_SKEW_MS = 5 * 60_000

/** `20250905T100000Z`, the format of `X-Amz-Date`. */
const amzDate = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** Milliseconds since the epoch; NaN for any other text. */
const parseAmzDate = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

/**
 * A signer for `service` in `region`. `provide` finds the credentials: with the first request, again five minutes before they
 * expire, and after `forget()`.
 */
export const createServiceSigner = (
  service:
    | 'dynamodb'
    | 'ses'
    | 's3'
    | 'sqs'
    | 'rds'
    | 'rds-data'
    | 'ssm'
    | 'sts'
    | 'cloudformation'
    | 'lambda'
    | 'codedeploy'
    | 'tagging'
    | 'cognito-idp'
    | 'monitoring'
    | 'sns'
    | 'cloudfront',
  region: string,
  provide: () => Promise<Credentials>,
): ServiceSigner => {
  let current: Promise<Credentials> | undefined
  /** Milliseconds by which the service's clock is ahead of this machine's. */
  let clockOffset = 0
  const now = () => Date.now() + clockOffset
  let renewAt = Number.POSITIVE_INFINITY
  const credentials = (): Promise<Credentials> => {
    if (current && now() < renewAt) return current
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
      headers: clockOffset === 0 ? { ...headers } : { 'X-Amz-Date': amzDate(now()), ...headers },
      body,
    }
    return aws4.sign(request, await credentials()).headers as Headers
  }
  return Object.assign(sign, {
    forget: () => {
      current = undefined
    },
    correctClock: (headers: Headers, date: string | undefined) => {
      const [signedAt, serviceTime] = [parseAmzDate(headers['X-Amz-Date'] ?? ''), Date.parse(date ?? '')]
      if (!(Math.abs(serviceTime - signedAt) >= MAX_SKEW_MS)) return false
      clockOffset = serviceTime - Date.now()
      return true
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
