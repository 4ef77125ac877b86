/** Carts, orders and catalogue edits of a fixture, made over the HTTP API. */
import sharp from 'sharp'
import { type Making, mailedToken, makeCustomer, ok } from './make-accounts.ts'
import { createVisitor, type Json, type Visitor } from './visitor.ts'

const ADDRESS = {
  name: 'Ada Lovelace',
  street: '123 Main St',
  city: 'Anytown',
  state: 'ST',
  postal_code: '12345',
  country: 'US',
}

export const addToCart = async (who: Visitor, lines: Readonly<Record<string, number>>): Promise<Json> => {
  let cart: Json
  for (const [book_id, quantity] of Object.entries(lines))
    cart = (await ok(who.post('/api/cart/items', { book_id, quantity }))).body
  return cart
}

/** Checks out these books: the request body, its idempotency key, and the order. */
export const checkOut = async (
  who: Visitor,
  email: string,
  lines: Readonly<Record<string, number>>,
  address: object = ADDRESS,
) => {
  const cart = await addToCart(who, lines)
  const body = {
    cart_version: cart.version,
    expected_total: cart.total,
    email,
    shipping_address: address,
  }
  const key = `checkout-${crypto.randomUUID()}`
  const order = (await ok(who.post('/api/orders', body, { 'idempotency-key': key }))).body
  return { key, body, order }
}

const factOf = ({ order_id, total }: Json) => ({ order_id: String(order_id), total: Number(total) })

/** One order in each state. Staff move them on; the customer cancels one. */
export const makeOrders = async (who: Visitor, staff: Visitor, email: string) => {
  const steps = ['processing', 'shipped', 'delivered']
  const orders: Record<string, ReturnType<typeof factOf>> = {}
  for (const [i, state] of ['confirmed', ...steps].entries()) {
    const { order } = await checkOut(who, email, { 'tech-001': 1, 'fic-002': i + 1 })
    for (const status of steps.slice(0, i))
      await ok(staff.post(`/api/orders/${order.order_id}/status`, { status }))
    orders[state] = factOf(order)
  }
  const { order } = await checkOut(who, email, { 'bus-001': 2 })
  await ok(who.post(`/api/orders/${order.order_id}/cancel`))
  return { ...orders, cancelled: factOf(order) }
}

/** Price, stock, category and cover, changed by staff: audit entries, changes of the catalogue and a moved pointer. */
export const editCatalogue = async (staff: Visitor) => {
  await ok(staff.call('PATCH', '/api/books/tech-002', { price: 41.5 }))
  await ok(staff.call('PATCH', '/api/books/tech-002', { stock_delta: 7 }))
  await ok(staff.call('PATCH', '/api/books/bus-003', { category: 'Science' }))
  const retired_book_id = 'fic-004'
  await ok(staff.call('PATCH', `/api/books/${retired_book_id}`, { status: 'retired' }))
  const image = sharp({ create: { width: 120, height: 180, channels: 3, background: '#7a2f1d' } })
  const covered = await ok(
    staff.call('PUT', '/api/books/tech-001/cover', new Uint8Array(await image.png().toBuffer()), {
      'content-type': 'image/png',
    }),
  )
  return { retired_book_id, cover: { book_id: 'tech-001', image_url: String(covered.body.image_url) } }
}

/** A guest order with a mailed link, and no more links to be had within the hour. */
export const makeLinked = async (making: Making) => {
  const email = 'lena@example.com'
  const who = createVisitor(making.url)
  const { order } = await checkOut(who, email, { 'sci-002': 1 })
  const asked = { order_id: String(order.order_id), email }
  for (let i = 0; i < 3; i++) await ok(createVisitor(making.url).post('/api/orders/lookup', asked))
  return { ...asked, token: await mailedToken(making, email, 'orders/open') }
}

/** A customer who has left something everywhere, and is to be erased. */
export const makeErin = async (making: Making, staff: Visitor) => {
  const { email, password } = { email: 'erin@example.com', password: 'two crimson garden gates' }
  const names = { first_name: 'Erinfirst', last_name: 'Erinlast' }
  const { who, account } = await makeCustomer(making, email, password, names)
  const address = {
    name: 'Erinfirst Erinlast',
    street: '9 Erinstreet',
    city: 'Erintown',
    postal_code: 'A65 F4E2',
    country: 'IE',
  }
  await ok(who.call('PATCH', '/api/users/me', { phone: '+353 1 555 0177', address }))
  await ok(who.post('/api/users/me/addresses', address))
  const { order } = await checkOut(who, email, { 'fic-001': 1 }, address)
  for (const status of ['processing', 'shipped', 'delivered'])
    await ok(staff.post(`/api/orders/${order.order_id}/status`, { status }))
  await addToCart(who, { 'fic-003': 1 })
  return {
    ...account,
    cookies: who.cookies(),
    order_id: String(order.order_id),
    traces: [email, 'Erinfirst', 'Erinlast', 'Erinstreet', 'Erintown', 'A65 F4E2', '555 0177'],
  }
}
