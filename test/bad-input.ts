/** What the tests of bad input share: a shop with a shopper in the midst of things, and what a refusal must look like. */
import { beforeAll, beforeEach, expect } from 'vitest'
import { endpoints } from '../src/endpoints.ts'
import type { Endpoint } from '../src/http/endpoint.ts'
import { errorsOf } from '../src/openapi/document.ts'
import { contentsOf } from './contents.ts'
import { type Answer, aBook, checkOut, type Json, type Shopper, type TestShop, testShop } from './kit.ts'

export type Target = {
  readonly shop: TestShop
  readonly shopper: Shopper
  readonly orderId: string
  /** A body that each endpoint takes, were it not for what a test does to it. */
  readonly bodies: Record<string, Json>
  /** Calls an endpoint as somebody who may. */
  readonly send: (
    endpoint: Endpoint,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>
}

export const endpointOf = (id: string): Endpoint => {
  const found = endpoints.find(endpoint => endpoint.id === id)
  if (!found) throw new Error(`no endpoint ${id}`)
  return found
}

export const hasJson = ({ body }: Endpoint): boolean => body !== undefined && body !== 'image'

const content = {
  category: 'Technology',
  title: 'A',
  author: 'B',
  price: 1.5,
  description: 'C',
  isbn: '9780132350884',
}

const token = 'A'.repeat(43)
const password = 'four quiet blue words'
const email = 'reader@example.com'
/** What the endpoints of accounts take; ids and answers of passkeys are the sign-in library's to check. */
export const accountBodies: Record<string, Json> = {
  signUp: { email, password, first_name: 'A', last_name: 'B' },
  verifyEmail: { token, password },
  resendVerification: { email },
  signIn: { email, password },
  forgotPassword: { email },
  resetPassword: { token, password },
  changePassword: { current_password: password, password },
  changeEmail: { email, password },
  confirmEmail: { token },
  changeProfile: { first_name: 'A', last_name: 'B', phone: '+1-555-0123' },
  saveAddress: { street: 'a', city: 'b', state: 'c', postal_code: 'd', country: 'US' },
  deleteMe: { password },
  beginCognito: { link: false, next: '/cart' },
  finishCognito: { state: token, code: 'a' },
  unlinkCognito: { password },
  beginTotp: { password },
  confirmTotp: { code: '123456' },
  endTotp: { password },
  renewRecoveryCodes: { password },
  signInWithCode: { code: '123456' },
  signInWithRecoveryCode: { code: 'abcde-12345' },
  passkeyOptions: { password },
  addPasskey: { name: 'A', response: { id: 'a' } },
  signInWithPasskey: { response: { id: 'a' } },
}

const openTarget = async (): Promise<Target> => {
  const shop = await testShop({ books: [aBook(), aBook({ book_id: 'tech-002' })] })
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-002' })
  const orderId = (await checkOut(shopper)).body.order_id
  const { body: cart } = await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  const bodies = {
    createBook: { book_id: 'new', ...content, stock_quantity: 1 },
    replaceBook: content,
    changeBook: { title: 'A', stock_delta: 1 },
    addCartItem: { book_id: 'tech-001', quantity: 1 },
    setCartItem: { quantity: 2 },
    placeOrder: {
      cart_version: cart.version,
      expected_total: cart.total,
      email: 'customer@example.com',
      shipping_address: { street: 'a', city: 'b', state: 'c', postal_code: 'd', country: 'US' },
    },
    lookUpOrder: { order_id: orderId, email: 'customer@example.com' },
    openOrderLink: { token: 'A'.repeat(43) },
    setOrderStatus: { status: 'processing' },
    ...accountBodies,
  }
  const account = await shop.account()
  const callers = { anyone: shopper, shopper, account, staff: shop.staff }
  const send: Target['send'] = (endpoint, path, body, headers = {}) =>
    callers[endpoint.who].call(endpoint.method, path, body, {
      ...(endpoint.id === 'placeOrder' ? { 'idempotency-key': crypto.randomUUID() } : {}),
      ...headers,
    })
  return { shop, shopper, orderId, bodies, send }
}

/** A target for the tests of this file; none of them may change what lies in its tables, or have anything reported. */
export const unchangedTarget = (): (() => Target) => {
  let target: Target | undefined
  const given = (): Target => {
    if (!target) throw new Error('the target is there once the tests run')
    return target
  }
  beforeAll(async () => {
    target = await openTarget()
  })
  beforeEach(async () => {
    const before = await contentsOf(given().shop)
    return async () => {
      expect(await contentsOf(given().shop)).toBe(before)
      expect(given().shop.reported).toEqual([])
    }
  })
  return given
}

/** The address of an endpoint, with ids that are there. */
export const addressOf = ({ orderId }: Target, { path }: Endpoint): string =>
  path.replaceAll(/\{\w+\}/g, path.includes('{order_id}') ? orderId : 'tech-001')

/** A 4xx with a code that the endpoint declares, as a problem document that tells nothing of the inside. */
export const expectRefusal = (endpoint: Endpoint, { status, headers, body }: Answer, what: string): void => {
  expect(Math.floor(status / 100), `${status} ${what}`).toBe(4)
  expect(headers.get('content-type'), what).toBe('application/problem+json')
  expect(headers.get('set-cookie'), what).toBeNull()
  const words = { title: expect.any(String), detail: expect.any(String) }
  expect(body, what).toMatchObject({ type: 'about:blank', status, ...words })
  expect([...errorsOf(endpoint), 'not_found', 'method_not_allowed'], `${endpoint.id} ${what}`).toContain(
    body.code,
  )
  expect(JSON.stringify(body), what).not.toMatch(/cloudshelf-|node_modules|\.ts:|at \w+ \(/)
}
