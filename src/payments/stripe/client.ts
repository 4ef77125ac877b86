/**
 * Client of Stripe's API, over the official package. The package is loaded with the first call, so that no process without Stripe
 * has it in memory. Its errors may hold what was sent, so only ids and codes of them go further.
 */
import type Stripe from 'stripe'
import { ProviderRefused, ProviderUnavailable } from '../provider.ts'

/** The version that the package's types describe: an update of the package fails `npm run check` until it is reviewed. */
export const API_VERSION: Stripe.LatestApiVersion = '2026-10-28.endive'
/** Three attempts and the two pauses of 0.5 s between them end within 8 s. */
const ATTEMPT_MS = 2_300
const MAX_RETRIES = 2

/** Errors of the connection, of Stripe itself, and of a key that is refused: another try, or another key, may succeed. */
const UNAVAILABLE = new Set([
  'StripeConnectionError',
  'StripeAPIError',
  'StripeRateLimitError',
  'StripeAuthenticationError',
  'StripePermissionError',
])

export type StripeOptions = {
  readonly secretKey: string
  /** URL of another server that speaks Stripe's protocol, read at the first call; undefined: Stripe. */
  readonly server?: (() => URL) | undefined
  /** Milliseconds that one attempt may take. */
  readonly attemptMs?: number | undefined
}

/** The package, with its checks of signatures. */
export const loadStripe = async (): Promise<typeof Stripe> => {
  const { default: Package } = await import('stripe')
  return Package
}

/** Where the API is, for the package, which has no option for a path in front of `/v1`. */
const serverConfig = (Package: typeof Stripe, { hostname, port, protocol, pathname }: URL) => {
  const client = Package.createNodeHttpClient()
  const makeRequest = client.makeRequest.bind(client)
  client.makeRequest = (host, onPort, path, ...rest) =>
    makeRequest(host, onPort, pathname.replace(/\/$/, '') + path, ...rest)
  return {
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    protocol: protocol === 'https:' ? ('https' as const) : ('http' as const),
    httpClient: client,
  }
}

/** A function that gives the client, created at its first call. */
export const createStripeClient = ({
  secretKey,
  server,
  attemptMs = ATTEMPT_MS,
}: StripeOptions): (() => Promise<Stripe>) => {
  let client: Promise<Stripe> | undefined
  const create = async () => {
    const Package = await loadStripe()
    return new Package(secretKey, {
      apiVersion: API_VERSION,
      timeout: attemptMs,
      maxNetworkRetries: MAX_RETRIES,
      telemetry: false,
      ...(server ? serverConfig(Package, server()) : {}),
    })
  }
  return () => {
    client ??= create()
    return client
  }
}

/** What of the package's errors is read. */
type StripeFailure = Pick<Stripe.errors.StripeError, 'type' | 'code' | 'statusCode' | 'requestId'>

const isFailure = (error: unknown): error is StripeFailure =>
  error instanceof Error && 'rawType' in error && 'type' in error && typeof error.type === 'string'

/** Whether the error is Stripe's refusal of an idempotency key that was used for another request. */
export const isKeyReused = (error: unknown): boolean =>
  isFailure(error) && error.type === 'StripeIdempotencyError'

/** Whether Stripe does not know what was asked for. */
export const isMissing = (error: unknown): boolean => isFailure(error) && error.code === 'resource_missing'

/**
 * `error` of a call as the shop knows it: ProviderUnavailable or ProviderRefused, with ids and codes alone. `what` says what
 * failed, for example "refund re-1". Errors that are not Stripe's come back as they are.
 */
export const explainFailure = (error: unknown, what: string): unknown => {
  if (!isFailure(error)) return error
  const { type, code, statusCode, requestId } = error
  const details = [code ?? type, statusCode, requestId].filter(part => part !== undefined).join(', ')
  return UNAVAILABLE.has(type)
    ? new ProviderUnavailable(`Stripe did not answer ${what} (${details})`)
    : new ProviderRefused(`Stripe refused ${what} (${details})`)
}
