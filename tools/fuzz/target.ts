/** Target of fuzzing: a shop with data, callers of all kinds, and a valid body for each endpoint. */

import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Limiter } from '#src/core/rate-limit/limiter.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { aBook, checkOut, createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'

export type CallerName =
  | 'anonymous'
  | 'guest'
  | 'account'
  | 'customer with a second factor'
  | 'staff'
  | 'admin'
  | 'staff without a second factor'
  | 'signed out'

export type FuzzRequest = {
  readonly endpoint: Endpoint
  readonly as: CallerName
  /** A particular shopper, instead of the default one of that kind. */
  readonly shopper?: Shopper
  /** Path with its query, as it is sent. */
  readonly path: string
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** What is invalid about the request. */
  readonly why: string
  /** Whether the mutated path may match another endpoint, or none. */
  readonly mayReroute?: boolean
}

export type FuzzResponse = {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
  readonly text: string
  readonly ms: number
}

export type Target = {
  readonly shop: TestShop
  /** Ids of existing things, by their parameter names. */
  readonly ids: Readonly<Record<string, string>>
  /** A valid body for each endpoint. */
  readonly bodies: Record<string, Json>
  readonly callers: Readonly<Record<CallerName, () => Shopper>>
  readonly send: (request: FuzzRequest) => Promise<FuzzResponse>
  /** Refills the guest's cart after an order has emptied it. */
  readonly refresh: () => Promise<void>
}

export const findEndpoint = (id: string): Endpoint => {
  const found = ENDPOINTS.find(endpoint => endpoint.id === id)
  if (!found) throw new Error(`no endpoint ${id}`)
  return found
}

export const hasJsonBody = ({ body }: Endpoint): boolean => body !== undefined && body !== 'bytes'

const VALID_BOOK = {
  category: 'Technology',
  title: 'A',
  author: 'B',
  price: 1.5,
  description: 'C',
  isbn: '9780132350884',
  image_url: 'https://example.com/a.jpg',
  status: 'active',
  average_rating: 4.5,
  ratings_count: 1,
  published_year: 2008,
  language: 'en',
  pages: 1,
  genres: ['a'],
}
const VALID_ADDRESS = {
  name: 'A',
  street: 'a',
  line2: 'b',
  city: 'c',
  state: 'NY',
  postal_code: '12345',
  country: 'US',
  phone: '+1-555-0123',
}
const TOKEN = 'A'.repeat(43)
/** Every field, of which an amount excludes the others. */
const REFUND = {
  amount: 1,
  shipping: true,
  lines: [{ book_id: 'tech-002', quantity: 1 }],
  restock: [{ book_id: 'tech-002', quantity: 1 }],
  reason: 'a',
}
const PASSWORD = 'four quiet blue words'
const EMAIL = 'reader@example.com'
/** Of the accounts; no request has it, so that none passes a check of the owner. */
export const OWN_PASSWORD = 'six warm yellow stones'

/** Valid bodies of the account endpoints; ids and responses of passkeys are checked by the sign-in library. */
export const VALID_ACCOUNT_BODIES: Readonly<Record<string, Json>> = {
  signUp: { email: EMAIL, password: PASSWORD, first_name: 'A', last_name: 'B' },
  verifyEmail: { token: TOKEN, password: PASSWORD },
  resendVerification: { email: EMAIL },
  signIn: { email: EMAIL, password: PASSWORD },
  forgotPassword: { email: EMAIL },
  resetPassword: { token: TOKEN, password: PASSWORD, remove_other_methods: true },
  changePassword: { current_password: PASSWORD, password: PASSWORD },
  changeEmail: { email: EMAIL, password: PASSWORD },
  confirmEmail: { token: TOKEN },
  changeProfile: { first_name: 'A', last_name: 'B', phone: '+1-555-0123', address: VALID_ADDRESS },
  saveAddress: VALID_ADDRESS,
  changeAddress: VALID_ADDRESS,
  deleteMe: { password: PASSWORD },
  previewReset: { token: TOKEN },
  exportMe: { password: PASSWORD },
  removePasskey: { password: PASSWORD },
  beginCognito: { again: false, next: '/cart' },
  linkCognito: { password: PASSWORD, next: '/cart' },
  finishCognito: { state: TOKEN, code: 'a' },
  unlinkCognito: { password: PASSWORD },
  beginTotp: { password: PASSWORD },
  confirmTotp: { code: '123456' },
  endTotp: { password: PASSWORD },
  renewRecoveryCodes: { password: PASSWORD },
  signInWithCode: { code: '123456' },
  signInWithRecoveryCode: { code: 'abcde-12345' },
  passkeyOptions: { password: PASSWORD },
  addPasskey: { name: 'A', response: { id: 'a' } },
  signInWithPasskey: { response: { id: 'a' } },
}

/** Path of an endpoint with existing ids. */
export const validPath = ({ ids }: Pick<Target, 'ids'>, { path }: Endpoint): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? 'a')

const sendRequest = async (
  who: Shopper,
  { endpoint, path, body, headers = {} }: FuzzRequest,
): Promise<FuzzResponse> => {
  const start = performance.now()
  const json = hasJsonBody(endpoint) ? { 'content-type': 'application/json' } : {}
  const answer = await who.call(endpoint.method, path, body, { ...json, ...headers })
  const ms = performance.now() - start
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  return { ...answer, text, ms }
}

/** A browser that keeps sending this cookie. */
const withCookie = (who: Shopper, cookie: string): Shopper => ({
  ...who,
  call: (method, path, body, headers) =>
    who.call(method, path, body, { cookie, 'sec-fetch-site': 'same-origin', ...headers }),
})

/** Creates a target. Without `limited`, rate limits are off, because thousands of requests would otherwise only see 429. */
export const createTarget = async ({ limited = false } = {}): Promise<Target> => {
  const many = { stock_quantity: 1_000_000 }
  // The clock stands still, so that writes caused by time are not attributed to a request.
  const now = new Date()
  const shop = await createTestShop({
    now: () => now,
    books: [aBook(many), aBook({ book_id: 'tech-002', ...many })],
  })
  // Rate limits are not counted; the other writes of the transaction are still made.
  if (!limited) {
    const { admit } = shop.deps.limiter
    const uncounted: Partial<Limiter> = { admit: (_, writes) => admit([], writes), knownWait: () => 0 }
    Object.assign(shop.deps.limiter, uncounted)
  }
  const guest = shop.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-002' })
  const { order_id } = (await checkOut(guest, 'k', { email: 'customer@example.com' })).body
  const account = await shop.account({ password: OWN_PASSWORD })
  await account.post('/api/cart/items', { book_id: 'tech-001' })
  const bodies: Record<string, Json> = {
    createBook: { book_id: 'new', ...VALID_BOOK, stock_quantity: 1 },
    replaceBook: VALID_BOOK,
    changeBook: { ...VALID_BOOK, stock_delta: 1 },
    addCartItem: { book_id: 'tech-001', quantity: 1 },
    setCartItem: { quantity: 2 },
    placeOrder: {
      cart_version: '',
      expected_total: 0,
      email: 'customer@example.com',
      payment_method: 'invoice',
      delivery: 'ship',
      shipping_address: VALID_ADDRESS,
    },
    lookUpOrder: { order_id, email: 'customer@example.com' },
    openOrderLink: { token: TOKEN },
    cancelByLink: { token: TOKEN },
    viewOrder: { token: TOKEN },
    listInvoicesByLink: { token: TOKEN },
    getInvoiceByLink: { token: TOKEN },
    recordPayment: { amount: 1, method: 'cash', reference: 'a' },
    previewRefund: REFUND,
    refundOrder: REFUND,
    resolveReview: { action: 'done' },
    setInvoicePermission: { allowed: true },
    setOrderStatus: { status: 'processing' },
    ...VALID_ACCOUNT_BODIES,
  }
  const refresh = async (): Promise<void> => {
    await guest.call('DELETE', '/api/cart')
    const { body: cart } = await guest.post('/api/cart/items', { book_id: 'tech-001' })
    Object.assign(bodies.placeOrder, { cart_version: cart.version, expected_total: cart.total })
  }
  await refresh()
  const ids = {
    book_id: 'tech-001',
    category: 'Technology',
    order_id,
    session_id: 'no-session',
    passkey_id: 'no-passkey',
    address_id: 'no-address',
  }
  const [factored, admin, single] = [
    await shop.account({ secondFactor: true, password: OWN_PASSWORD }),
    await shop.account({ role: 'admin', password: OWN_PASSWORD }),
    await shop.account({ role: 'staff', secondFactor: false, password: OWN_PASSWORD }),
  ]
  const ended = await shop.account({ role: 'admin' })
  const cookie = ended.cookie() ?? ''
  await ended.post('/api/auth/sign-out')
  const callers = {
    anonymous: () => shop.visitor(),
    guest: () => guest,
    account: () => account,
    'customer with a second factor': () => factored,
    staff: () => shop.staff,
    admin: () => admin,
    'staff without a second factor': () => single,
    'signed out': () => withCookie(shop.visitor(), cookie),
  }
  return {
    shop,
    ids,
    bodies,
    callers,
    send: request => sendRequest(request.shopper ?? callers[request.as](), request),
    refresh,
  }
}

/** Kind of caller that may call the endpoint. */
export const allowedCaller = ({ access }: Endpoint): CallerName =>
  access === 'staff'
    ? 'staff'
    : access === 'account'
      ? 'account'
      : access === 'shopper'
        ? 'guest'
        : 'anonymous'

/** Headers without which the endpoint refuses every request. */
export const requiredHeaders = ({ id }: Endpoint): Record<string, string> =>
  id === 'placeOrder' ? { 'idempotency-key': crypto.randomUUID() } : {}
