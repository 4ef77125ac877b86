/** Where a request comes from, as limits count it: the network that its sender cannot choose at will. */
import { timingSafeEqual } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { sha256 } from '../core/ids.ts'

/** Who sent a request, found only where it matters. */
export type Caller = {
  readonly source: () => string
  /** What the shop's own proxy said of the sender, to be said again in a call on their behalf. */
  readonly viewer?: string | undefined
}

const UNKNOWN = 'unknown'
/** Of requests that came over no network; they are counted together. */
export const unknownCaller: Caller = { source: () => UNKNOWN }

/** The eight groups of an IPv6 address as the URL standard writes them, `::` filled up. */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail ?? ''].map(part => (part === '' ? [] : part.split(':')))
  const zeros = Array(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0')
  return [...(before ?? []), ...(tail === undefined ? [] : zeros), ...(after ?? [])]
}

/** IPv4 whole, IPv6 by the /64 in which one customer has every address; anything else is `unknown`. */
export const networkOf = (address: string | undefined): string => {
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

/** Whether the request carries what proves that it came through the shop's own proxy. */
export const isOwnProxy = (headers: Headers, proxySecret: string | undefined): boolean => {
  const proof = headers.get('x-trusted-proxy')
  return proxySecret !== undefined && proof !== null && sameText(proof, proxySecret)
}

/**
 * The sender of a request: the socket's peer, unless it is the shop's own proxy, which proves itself by `proxySecret` in
 * `x-trusted-proxy` and names the one before it. What anybody else says of where they come from is not looked at.
 */
export const callerOf = (
  headers: Headers,
  peer: () => string | undefined,
  proxySecret: string | undefined,
): Caller => ({
  source: () => networkOf(isOwnProxy(headers, proxySecret) ? forwardedFor(headers) : peer()),
  viewer: headers.get('cloudfront-viewer-address') ?? undefined,
})
