/** Candidates of `npm run bench:cold`: functions with their first event and expected status. */
import type { FunctionId } from '#src/lambda/functions.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'

/** Secret of the functions and of the proxy. */
export const SECRET = 'a secret of the bench, which is long enough'
const GUEST = `__Host-cloudshelf_guest=${'A'.repeat(43)}`

const createEvent = (method: string, url: string, headers: Record<string, string> = {}, body = '') =>
  createGatewayEvent(
    { method, url, headers: { 'x-trusted-proxy': SECRET, 'sec-fetch-site': 'same-origin', ...headers } },
    Buffer.from(body),
    '$default',
  )
const JSON_TYPE = { 'content-type': 'application/json' }
let visitors = 0
/** A new email address and network for each request, so that no rate limit applies. */
const createSignIn = (): unknown => {
  const n = ++visitors
  const body = JSON.stringify({ email: `nobody-${n}@example.com`, password: 'not a password' })
  const address = `10.${(n >> 8) & 255}.${n & 255}.1:443`
  return createEvent(
    'POST',
    '/api/auth/sign-in',
    { ...JSON_TYPE, 'cloudfront-viewer-address': address },
    body,
  )
}

/** A measured bundle: its first event, the expected status, and its target as a multiple of the constant bundle's time. */
export type Candidate = {
  readonly name: string
  readonly id: FunctionId | undefined
  /** Whether the snapshot in the bucket contains the test books; empty by default. */
  readonly books?: boolean
  readonly event: () => unknown
  readonly status: number
  readonly target?: number
}

export const CANDIDATES: readonly Candidate[] = [
  { name: 'a constant answer', id: undefined, event: () => createEvent('GET', '/'), status: 200 },
  {
    name: 'catalogue: a page of books',
    id: 'BookCatalog',
    event: () => createEvent('GET', '/api/books'),
    status: 200,
    target: 3.5,
  },
  {
    name: 'catalogue: the same, with the index',
    id: 'BookCatalog',
    books: true,
    event: () => createEvent('GET', '/api/books'),
    status: 200,
  },
  {
    name: 'cart: a guest’s cart',
    id: 'ShoppingCart',
    event: () => createEvent('GET', '/api/cart', { cookie: GUEST }),
    status: 200,
    target: 3.5,
  },
  {
    name: 'orders: a guest’s orders',
    id: 'OrderProcess',
    event: () => createEvent('GET', '/api/orders', { cookie: GUEST }),
    status: 200,
    target: 3.5,
  },
  {
    name: 'accounts: who is signed in',
    id: 'UserAccounts',
    event: () => createEvent('GET', '/api/auth/session'),
    status: 200,
  },
  {
    name: 'accounts: a sign-in (refused)',
    id: 'UserAccounts',
    event: createSignIn,
    status: 401,
    target: 6,
  },
  { name: 'pages: robots.txt', id: 'Pages', event: () => createEvent('GET', '/robots.txt'), status: 200 },
]
