/** Where a request comes from, as limits count it: the network that its sender cannot choose at will. */
import { timingSafeEqual } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { sha256 } from '../core/ids.ts'
import { REQUEST_ID } from '../core/request.ts'

/** Who sent a request, found only where it matters. */
export type Caller = {
  readonly clientNetwork: () => string
  /** What the shop's own proxy said of the sender, to be said again in a call on their behalf. */
  readonly viewer?: string | undefined
  /** Under which id the request came here, if whoever passed it on can be believed; undefined: it is to get one. */
  readonly requestId?: () => string | undefined
}

const UNKNOWN = 'unknown'
/** Of requests that came over no network; they are counted together. */
export const UNKNOWN_CALLER: Caller = { clientNetwork: () => UNKNOWN }

/** The eight groups of an IPv6 address as the URL standard writes them, `::` filled up. */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail ?? ''].map(part => (part === '' ? [] : part.split(':')))
  const zeros = Array(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0')
  return [...(before ?? []), ...(tail === undefined ? [] : zeros), ...(after ?? [])]
}

/** IPv4 whole, IPv6 by the /64 in which one customer has every address; anything else is `unknown`. */
export const clientNetwork = (address: string | undefined): string => {
  const bare = address?.trim().replace(/%.*$/, '') ?? ''
  if (isIPv4(bare)) return bare
  if (!isIPv6(bare)) return UNKNOWN
  const groups = groupsOf(bare)
  if (groups.slice(0, 5).every(group => group === '0') && groups[5] === 'ffff') {
    const bytes = groups
      .slice(6)
      .flatMap(group => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    return bytes.join('.')
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** What a proxy that knows the secret says of its own peer: CloudFront in a header of its own, others as the last that they add. */
const forwardedFor = (headers: Headers): string | undefined => {
  const viewer = headers.get('cloudfront-viewer-address')
  if (viewer !== null) return viewer.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return headers.get('x-forwarded-for')?.split(',').at(-1)
}

const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))

const SHORTEST = 32
/** Two secrets while one takes the other's place, `old,new`: both are believed, the first is sent. */
const secretsIn = (proxySecret: string): string[] => {
  const parts = proxySecret.split(',')
  return parts.length === 2 && parts.every(part => part.length >= SHORTEST) ? parts : [proxySecret]
}
export const proxySecretToSend = (proxySecret: string): string => secretsIn(proxySecret)[0] ?? ''

/** Whether the request carries what proves that it came through the shop's own proxy. */
export const isTrustedProxy = (headers: Headers, proxySecret: string | undefined): boolean => {
  const proof = headers.get('x-trusted-proxy')
  return (
    proxySecret !== undefined && proof !== null && secretsIn(proxySecret).some(one => sameText(proof, one))
  )
}
/** Ids of CloudFront, API Gateway and UUIDs; nothing else gets into a log or a table. */
const REQUEST_ID_FORM = /^[\w=:/+.-]{8,100}$/

/** CloudFront's own id, which no visitor can send; else the id of the one who passes the request on. */
const passedOnId = (headers: Headers): string | undefined =>
  headers.get('x-amz-cf-id') ?? headers.get(REQUEST_ID) ?? undefined

/**
 * The sender of a request: the socket's peer, unless it is the shop's own proxy, which proves itself by `proxySecret` in
 * `x-trusted-proxy` and names the one before it. What anybody else says of where they come from is not looked at. `gatewayId` is what API Gateway
 * calls the request.
 */
export const readCaller = (
  headers: Headers,
  peer: () => string | undefined,
  proxySecret: string | undefined,
  gatewayId?: string,
): Caller => {
  let known: boolean | undefined
  const isProxy = (): boolean => {
    known ??= isTrustedProxy(headers, proxySecret)
    return known
  }
  return {
    clientNetwork: () => clientNetwork(isProxy() ? forwardedFor(headers) : peer()),
    viewer: headers.get('cloudfront-viewer-address') ?? undefined,
    requestId: () => {
      const id = (isProxy() ? passedOnId(headers) : undefined) ?? gatewayId
      return id !== undefined && REQUEST_ID_FORM.test(id) ? id : undefined
    },
  }
}
