import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createAccountShop, nextTotpWindow, PASSWORD, totpCode } from '../../test/accounts.ts'
import { createFakeProvider } from '../../test/fake-provider.ts'
import { aBook, checkOut, createTestShop, type Json, type Shopper, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { createShop } from '../composition/shop.ts'
import { errorCodes, errorStatus } from '../core/errors.ts'
import { newSecret } from '../core/ids.ts'
import { placeOrder } from '../orders/api.ts'
import { createOpenApiDocument, endpointErrors } from './document.ts'
import { EXAMPLES } from './examples.ts'

const document = JSON.parse(JSON.stringify(createOpenApiDocument(ENDPOINTS))) as Json

const keysOf = (list: readonly { readonly method: string; readonly path: string }[]): string[] =>
  list.map(({ method, path }) => `${method} ${path}`).sort()

test('the shop serves each endpoint exactly once', async () => {
  const shop = await createTestShop()
  const { routes } = createShop(shop.deps)
  expect(keysOf(routes.map(({ endpoint }) => endpoint))).toEqual(keysOf(ENDPOINTS))
  expect(new Set(keysOf(ENDPOINTS)).size).toBe(ENDPOINTS.length)
  expect(new Set(ENDPOINTS.map(({ id }) => id)).size).toBe(ENDPOINTS.length)
  for (const { endpoint } of routes) expect(ENDPOINTS).toContain(endpoint)
})

test('the document has exactly the endpoints of the shop', () => {
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map(method => ({ method: method.toUpperCase(), path })),
  )
  expect(keysOf(described)).toEqual(keysOf(ENDPOINTS))
})

test('docs/openapi.json is up to date', () => {
  const file = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')
  expect(JSON.parse(file)).toEqual(document)
})

const refsIn = (value: Json): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => (name === '$ref' ? [String(inner)] : refsIn(inner)))

test('every reference resolves, and every component is used', () => {
  const refs = new Set(refsIn(document))
  expect(refs.size).toBeGreaterThan(5)
  for (const ref of refs) {
    const found = ref
      .slice(2)
      .split('/')
      .reduce((at: Json, name) => at?.[name], document)
    expect(found, ref).toBeTypeOf('object')
  }
  const names = Object.keys(document.components.schemas).map(name => `#/components/schemas/${name}`)
  expect(names.filter(name => !refs.has(name))).toEqual([])
  expect(JSON.stringify(document)).not.toContain('$defs')
})

test.each(ENDPOINTS)('the examples of $id match its schemas completely', endpoint => {
  const { request, reply } = EXAMPLES[endpoint.id] ?? {}
  if (endpoint.body !== undefined && endpoint.body !== 'bytes') {
    expect(request).toBeDefined()
    expect(() => endpoint.body !== 'bytes' && endpoint.body?.parse(request)).not.toThrow()
  } else expect(request).toBeUndefined()
  // What the schema leaves out of the example is not declared.
  if (endpoint.reply) expect(endpoint.reply.parse(reply)).toEqual(reply)
  else expect(reply).toBeUndefined()
})

test('every example belongs to an endpoint', () => {
  const ids = ENDPOINTS.map(({ id }) => id)
  expect(Object.keys(EXAMPLES).filter(id => !ids.includes(id))).toEqual([])
})

test('each operation lists its parameters, its success response and its errors by status and code', () => {
  for (const endpoint of ENDPOINTS) {
    const operation = document.paths[endpoint.path][endpoint.method.toLowerCase()]
    expect(operation.operationId).toBe(endpoint.id)
    const inPath = operation.parameters.filter((one: Json) => one.in === 'path').map((one: Json) => one.name)
    expect(inPath).toEqual([...endpoint.path.matchAll(/\{(\w+)\}/g)].map(match => match[1]))
    for (const parameter of operation.parameters)
      if (parameter.in === 'path') expect(parameter.required).toBe(true)
    expect(operation.responses[endpoint.status]).toBeDefined()
    expect(endpoint.reply === undefined && !endpoint.otherReplies).toBe(endpoint.status === 204)
    for (const code of endpointErrors(endpoint))
      expect(operation.responses[errorStatus[code]].description).toContain(`\`${code}\``)
    expect(operation.security !== undefined).toBe(endpoint.access !== 'anyone')
  }
})

test('the list of error codes is closed and published', () => {
  for (const code of errorCodes)
    expect(document.info.description).toMatch(new RegExp(`^\\| ${errorStatus[code]} \\|.*\`${code}\``, 'm'))
  expect(document.components.schemas.Problem.properties.code.enum).toEqual(errorCodes)
  for (const status of Object.values(errorStatus)) expect(status).toBeGreaterThanOrEqual(400)
})

test('responses of the shop match the document exactly', async () => {
  const shop = await createTestShop({
    books: [aBook({ isbn: '9780132350884', genres: ['Craft'], pages: 464, average_rating: 4.4 })],
    providers: [createFakeProvider()],
  })
  const shopper = shop.visitor()
  const answered: [string, Json][] = []
  const keep = async (id: string, answer: Promise<{ body: Json; status: number }>): Promise<Json> => {
    const { body } = await answer
    answered.push([id, body])
    return body
  }
  const book = { book_id: 'b', category: 'C', title: 't', author: 'a', price: 1, stock_quantity: 1 }
  await keep('createBook', shop.staff.post('/api/books', book))
  await keep(
    'replaceBook',
    shop.staff.call('PUT', '/api/books/b', { category: 'C', title: 't', author: 'a', price: 1 }),
  )
  await keep('changeBook', shop.staff.call('PATCH', '/api/books/b', { stock_delta: 1, status: 'active' }))
  await keep('getStaffBook', shop.staff.get('/api/books/b/stock'))
  for (const id of ['tech-001', 'b'])
    await keep('addCartItem', shopper.post('/api/cart/items', { book_id: id }))
  await shop.staff.call('PATCH', '/api/books/b', { stock_delta: -2, price: 2 })
  await keep('getCart', shopper.get('/api/cart'))
  await keep('removeCartItem', shopper.call('DELETE', '/api/cart/items/b'))
  await keep('setCartItem', shopper.call('PUT', '/api/cart/items/tech-001', { quantity: 2 }))
  const order = await keep('placeOrder', checkOut(shopper))
  await keep('emptyCart', shopper.call('DELETE', '/api/cart'))
  await keep('listOrders', shopper.get('/api/orders'))
  await keep('getOrder', shopper.get(`/api/orders/${order.order_id}`))
  await keep(
    'lookUpOrder',
    shopper.post('/api/orders/lookup', { order_id: order.order_id, email: order.email }),
  )
  await keep(
    'setOrderStatus',
    shop.staff.post(`/api/orders/${order.order_id}/status`, { status: 'processing' }),
  )
  for (const [id, answer] of Object.entries(await staffPayments(shop, order))) answered.push([id, answer])
  await keep('cancelOrder', shopper.post(`/api/orders/${order.order_id}/cancel`))
  await keep('resolveReview', shop.staff.post(`/api/payments/${order.order_id}/review`, { action: 'refund' }))
  const token = newSecret()
  const [stored] = await readItems(shop, 'orders')
  await shop.deps.links.save(token, stored, new Date())
  await keep('openOrderLink', shopper.post('/api/orders/lookup/open', { token }))
  await shop.deps.links.save(token, stored, new Date())
  await keep('cancelByLink', shopper.post('/api/orders/lookup/cancel', { token }))
  const viewToken = await shop.deps.viewLinks.create(stored, new Date())
  await keep('viewOrder', shopper.post(`/api/orders/${order.order_id}/view`, { token: viewToken }))
  await keep('listInvoices', shopper.get(`/api/orders/${order.order_id}/invoices`))
  await keep(
    'listInvoicesByLink',
    shopper.post(`/api/orders/${order.order_id}/view/invoices`, { token: viewToken }),
  )
  await keep('endViewLinks', shop.staff.post(`/api/orders/${order.order_id}/view/end`))
  await keep('getCheckoutOptions', shopper.get('/api/checkout-options'))
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  const paying = await checkOut(shopper, undefined, { payment_method: 'stripe' })
  expect(placeOrder.accepted.parse(paying.body)).toEqual(paying.body)
  await keep('getCheckout', shopper.get(`/api/checkouts/${paying.body.checkout_id}`))
  await keep('cancelCheckout', shopper.post(`/api/checkouts/${paying.body.checkout_id}/cancel`))
  await keep('browseBooks', shopper.get('/api/books?limit=1'))
  await keep('searchBooks', shopper.get('/api/books/search?q=clean'))
  await keep('suggestBooks', shopper.get('/api/books/suggest?q=cl'))
  await keep('categoryBooks', shopper.get('/api/books/category/Technology'))
  await keep('listCategories', shopper.get('/api/categories'))
  await keep('listRenamedCategories', shopper.get('/api/categories/renamed'))
  await keep('listTitles', shopper.get('/api/titles'))
  await keep('getBook', shopper.get('/api/books/tech-001'))
  await keep('getFrontPage', shopper.get('/api/front-page'))
  await keep('listRelatedBooks', shopper.get('/api/books/tech-001/related'))
  await keep('getHealth', shopper.get('/api/health'))
  for (const one of await accountAnswers()) answered.push(one)
  for (const [id, body] of answered) {
    const reply = ENDPOINTS.find(one => one.id === id)?.reply
    expect(reply?.parse(body), id).toEqual(body)
  }
  const tried = new Set(answered.map(([id]) => id))
  const untried = ENDPOINTS.filter(({ id, reply }) => reply && !tried.has(id)).map(({ id }) => id)
  // A cover needs an image, a passkey a browser, and reports PostgreSQL: their own tests have them.
  expect(untried).toEqual([
    'putCover',
    'signInWithPasskey',
    'beginCognito',
    'linkCognito',
    'finishCognito',
    'listReports',
    'getReport',
  ])
})

/** Responses of the endpoints of payments to staff, for an order that is paid and refunded in part. */
const staffPayments = async ({ staff, account }: TestShop, order: Json): Promise<Record<string, Json>> => {
  const path = `/api/orders/${order.order_id}`
  const lines = [{ book_id: 'tech-001', quantity: 1 }]
  const post = async (to: string, body: Json) =>
    (await staff.post(to, body, { 'idempotency-key': crypto.randomUUID() })).body
  const listPayments = (await staff.get('/api/payments?state=due&overdue=false')).body
  const recordPayment = await post(`${path}/payments`, {
    amount: order.total,
    method: 'cash',
    reference: '1',
  })
  const previewRefund = await post(`${path}/refunds/preview`, { lines, shipping: true })
  const refundOrder = await post(`${path}/refunds`, { lines, shipping: true, restock: lines, reason: 'r' })
  const { userId } = await account()
  const allow = await staff.call('PUT', `/api/accounts/${userId}/invoice-permission`, { allowed: true })
  return {
    recordPayment,
    previewRefund,
    refundOrder,
    getOrderPayments: (await staff.get(`${path}/payments`)).body,
    listPayments,
    setInvoicePermission: allow.body,
  }
}

/** Responses of the account endpoints to a caller who uses each of them. */
const accountAnswers = async (): Promise<[string, Json][]> => {
  const shop = await createAccountShop()
  const [email, password] = ['jane@example.com', PASSWORD]
  const [jane, other] = [shop.visitor(), shop.visitor()]
  const answers: [string, Json][] = []
  const ask = async (id: string, who: Shopper, path: string, body?: Json) => {
    const answer = body === undefined ? await who.get(path) : await who.post(path, body)
    answers.push([id, answer.body])
    return answer.body
  }
  await ask('signUp', jane, '/api/auth/sign-up', { email, password, first_name: 'Jane' })
  await ask('resendVerification', jane, '/api/auth/verify-email/resend', { email })
  const [token] = await shop.tokens('verify-email')
  await jane.post('/api/auth/verify-email', { token, password })
  await ask('whoAmI', jane, '/api/auth/session')
  await ask('signIn', jane, '/api/auth/sign-in', { email, password })
  await ask('whoAmI', jane, '/api/auth/session')
  await ask('forgotPassword', jane, '/api/auth/password/forgot', { email })
  await ask('changeEmail', jane, '/api/auth/email/change', { email: 'new@example.com', password })
  const [reset] = await shop.tokens('reset-password')
  await ask('previewReset', other, '/api/auth/password/reset/preview', { token: reset })
  await ask('getSignInMethods', jane, '/api/auth/sign-in-methods')
  await ask('listSessions', jane, '/api/auth/sessions')
  const address = { name: 'A', street: 'a', city: 'b', state: 'NY', postal_code: '12345', country: 'US' }
  answers.push([
    'changeProfile',
    (await jane.call('PATCH', '/api/users/me', { phone: '+1-555-0123', address })).body,
  ])
  await ask('getProfile', jane, '/api/users/me')
  const { address_id } = await ask('saveAddress', jane, '/api/users/me/addresses', address)
  const changed = await jane.call('PUT', `/api/users/me/addresses/${address_id}`, address)
  answers.push(['changeAddress', changed.body])
  await ask('listAddresses', jane, '/api/users/me/addresses')
  const { totp_uri } = await ask('beginTotp', jane, '/api/auth/two-factor', { password })
  await jane.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) })
  await ask('getTotp', jane, '/api/auth/two-factor')
  const { recovery_codes } = await ask('renewRecoveryCodes', jane, '/api/auth/two-factor/recovery-codes', {
    password,
  })
  await other.post('/api/auth/sign-in', { email, password })
  await ask('signInWithCode', other, '/api/auth/sign-in/code', { code: totpCode(totp_uri, nextTotpWindow()) })
  await other.post('/api/auth/sign-in', { email, password })
  await ask('signInWithRecoveryCode', other, '/api/auth/sign-in/recovery-code', { code: recovery_codes[0] })
  await ask('passkeyOptions', jane, '/api/auth/passkeys/options', { password })
  await ask('listPasskeys', jane, '/api/auth/passkeys')
  await ask('cognitoState', jane, '/api/auth/sign-in/cognito')
  await ask('exportMe', jane, '/api/users/me/export', { password })
  const options = await jane.call('POST', '/api/auth/sign-in/passkey/options')
  answers.push(['passkeySignInOptions', options.body])
  return answers
}

test('the document and its page are served, without anything from another host', async () => {
  const visitor = (await createTestShop()).visitor()
  const served = await visitor.get('/api/openapi.json')
  expect(served.status).toBe(200)
  expect(served.body.paths).toEqual(document.paths)
  const page = await visitor.get('/api/docs')
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  const fetched = [...String(page.body).matchAll(/(?:src|href|spec-url)="([^"]+)"/g)].map(match => match[1])
  expect(fetched.length).toBeGreaterThan(1)
  for (const path of fetched) {
    expect(path).toMatch(/^\/api\//)
    expect((await visitor.get(path ?? '')).status).toBe(200)
  }
})
