/** Client IP: the network that a request comes from, as rate limits count it, and the shop's own proxy, which is trusted to name it. */
import { timingSafeEqual } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { sha256 } from '../core/ids.ts'
import { REQUEST_ID } from '../core/request.ts'

/** The sender of a request; each part is computed only where it is needed. */
export type Caller = {
  readonly clientNetwork: () => string
  /** The viewer address that the CDN reports, to be passed on in calls on behalf of this client. */
  readonly viewer?: string | undefined
  /** The id under which a trusted proxy or the gateway passed the request on; undefined: the request gets a new one. */
  readonly requestId?: () => string | undefined
}

const UNKNOWN_NETWORK = 'unknown'
/** The caller of requests without a client network; they are counted together. */
export const UNKNOWN_CALLER: Caller = { clientNetwork: () => UNKNOWN_NETWORK }

/** The eight groups of an IPv6 address as the URL standard writes them, with `::` filled up. */
const expandIPv6 = (address: string): string[] => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail ?? ''].map(part => (part === '' ? [] : part.split(':')))
  const zeros = Array(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0')
  return [...(before ?? []), ...(tail === undefined ? [] : zeros), ...(after ?? [])]
}

/**
 * The network of an IP address: the address itself for IPv4, the /64 for IPv6, in which one customer has every address.
 * `unknown` for anything else.
 */
export const clientNetwork = (address: string | undefined): string => {
  const bare = address?.trim().replace(/%.*$/, '') ?? ''
  if (isIPv4(bare)) return bare
  if (!isIPv6(bare)) return UNKNOWN_NETWORK
  const groups = expandIPv6(bare)
  if (groups.slice(0, 5).every(group => group === '0') && groups[5] === 'ffff') {
    const bytes = groups
      .slice(6)
      .flatMap(group => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    return bytes.join('.')
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The address that a trusted proxy reports: CloudFront in a header of its own, others as the last one that they append. */
const forwardedAddress = (headers: Headers): string | undefined => {
  const viewer = headers.get('cloudfront-viewer-address')
  if (viewer !== null) return viewer.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return headers.get('x-forwarded-for')?.split(',').at(-1)
}

/** Compares in constant time, against a timing attack. */
const isSameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))

const MIN_SECRET_LENGTH = 32
/** The secrets of a rotation, `old,new` and then `new,old,new`: all are accepted, the first is sent. */
const splitSecrets = (proxySecret: string): string[] => {
  const parts = proxySecret.split(',')
  return (parts.length === 2 || parts.length === 3) && parts.every(part => part.length >= MIN_SECRET_LENGTH)
    ? parts
    : [proxySecret]
}
export const proxySecretToSend = (proxySecret: string): string => splitSecrets(proxySecret)[0] ?? ''

/** Whether the request came through the shop's own proxy, which proves itself by `proxySecret` in `x-trusted-proxy`. */
export const isTrustedProxy = (headers: Headers, proxySecret: string | undefined): boolean => {
  const proof = headers.get('x-trusted-proxy')
  return (
    proxySecret !== undefined &&
    proof !== null &&
    splitSecrets(proxySecret).some(one => isSameText(proof, one))
  )
}
/** Form of the ids of CloudFront and API Gateway, and of UUIDs; nothing else gets into a log or a table. */
const REQUEST_ID_FORM = /^[\w=:/+.-]{8,100}$/

/** CloudFront's own id, which no client can send; else the id of the proxy that passes the request on. */
const forwardedRequestId = (headers: Headers): string | undefined =>
  headers.get('x-amz-cf-id') ?? headers.get(REQUEST_ID) ?? undefined

/**
 * The sender of a request: the peer of the socket, unless that is the shop's own proxy, which names the sender in a header.
 * Such headers of anyone else are ignored. `gatewayId` is the request id of API Gateway.
 */
export const readCaller = (
  headers: Headers,
  peer: () => string | undefined,
  proxySecret: string | undefined,
  gatewayId?: string,
): Caller => {
  let trusted: boolean | undefined
  const isProxy = (): boolean => {
    trusted ??= isTrustedProxy(headers, proxySecret)
    return trusted
  }
  return {
    clientNetwork: () => clientNetwork(isProxy() ? forwardedAddress(headers) : peer()),
    viewer: headers.get('cloudfront-viewer-address') ?? undefined,
    requestId: () => {
      const id = (isProxy() ? forwardedRequestId(headers) : undefined) ?? gatewayId
      return id !== undefined && REQUEST_ID_FORM.test(id) ? id : undefined
    },
  }
}
