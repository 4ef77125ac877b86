/** Measurement behind `cloudshelf cost --measure`: what each shop action consumes of DynamoDB, call by call. */
import { slugify } from '#src/core/slug.ts'
import { type Consumed, createConsumptionMeter } from './meter.ts'
import { type Send, type TemporaryShop, withTemporaryShop } from './temporary-shop.ts'

/** Measured actions with their labels, in the order in which they run. */
export const ACTIONS = {
  front_page: 'front page',
  shelf_page: 'category page',
  search_page: 'search page',
  book_page: 'book page, first time',
  book_page_again: 'book page, again',
  list: 'API: list of books',
  search: 'API: search',
  first_add: 'add to cart, new guest',
  add: 'add to cart, another book',
  cart_read: 'cart read',
  cart_page: 'cart page',
  sign_up: 'sign-up',
  confirm: 'address confirmed',
  sign_in: 'sign-in',
  order_1: 'checkout, 1 line',
  order_3: 'checkout, 3 lines',
  order_10: 'checkout, 10 lines',
  order_mail: 'order email',
  history: 'order history',
  order_read: 'order read',
  cancel: 'order of 3 lines cancelled',
  changes: 'check for catalogue changes',
} as const
export type Action = keyof typeof ACTIONS
export type Measured = { readonly [action in Action]: Consumed }

const CUSTOMER = { email: 'reader@example.com', password: 'four words nobody guesses' }
const ADDRESS = {
  name: 'John Doe',
  street: '123 Main St',
  city: 'Anytown',
  state: 'ST',
  postal_code: '12345',
}

type MeasureAction = (action: Action, doing: () => Promise<unknown>) => Promise<void>

type Listed = { readonly book_id: string; readonly title: string }

const listBooks = async (send: Send): Promise<readonly Listed[]> => {
  const { body } = await send('GET', '/api/books?in_stock=true&sort=title&limit=50')
  return body.items as Listed[]
}

const fillCart = async (send: Send, books: readonly Listed[]): Promise<void> => {
  for (const { book_id } of books) await send('POST', '/api/cart/items', { book_id })
}

/** Checks out the cart and returns the order's id. */
const placeOrder = async (send: Send, measureAction: MeasureAction, action: Action): Promise<string> => {
  const { body: cart } = await send('GET', '/api/cart')
  const input = {
    cart_version: cart.version,
    expected_total: cart.total,
    email: CUSTOMER.email,
    shipping_address: ADDRESS,
  }
  let id = ''
  await measureAction(action, async () => {
    const { body } = await send('POST', '/api/orders', input, crypto.randomUUID())
    id = String(body.order_id)
  })
  return id
}

const browse = async (send: Send, measureAction: MeasureAction, books: readonly Listed[]): Promise<void> => {
  await measureAction('front_page', () => send('GET', '/'))
  await measureAction('shelf_page', () => send('GET', '/category/Fiction'))
  await measureAction('search_page', () => send('GET', '/search?q=gatbsy'))
  const last = books.at(-1)
  const page = last ? `/books/${last.book_id}/${slugify(last.title)}` : '/'
  await measureAction('book_page', () => send('GET', page))
  await measureAction('book_page_again', () => send('GET', page))
  await measureAction('list', () => send('GET', '/api/books?limit=24'))
  await measureAction('search', () => send('GET', '/api/books?q=clean+cod'))
}

const signUp = async (shop: TemporaryShop, measureAction: MeasureAction): Promise<void> => {
  const send = shop.browser()
  await measureAction('sign_up', () => send('POST', '/api/auth/sign-up', CUSTOMER))
  const [mail] = await shop.mails()
  const [, token] = /token=([\w-]+)/.exec(mail?.text ?? '') ?? []
  await measureAction('confirm', () =>
    send('POST', '/api/auth/verify-email', { token, password: CUSTOMER.password }),
  )
  await measureAction('sign_in', () => send('POST', '/api/auth/sign-in', CUSTOMER))
}

const buy = async (
  shop: TemporaryShop,
  measureAction: MeasureAction,
  books: readonly Listed[],
): Promise<void> => {
  const send = shop.browser()
  await measureAction('first_add', () => fillCart(send, books.slice(0, 1)))
  await placeOrder(send, measureAction, 'order_1')
  await shop.mails()
  await fillCart(send, books.slice(0, 2))
  await measureAction('add', () => fillCart(send, books.slice(2, 3)))
  await measureAction('cart_read', () => send('GET', '/api/cart'))
  await measureAction('cart_page', () => send('GET', '/cart'))
  const id = await placeOrder(send, measureAction, 'order_3')
  await measureAction('order_mail', shop.mails)
  await measureAction('history', () => send('GET', '/api/orders'))
  await measureAction('order_read', () => send('GET', `/api/orders/${id}`))
  await measureAction('cancel', () => send('POST', `/api/orders/${id}/cancel`))
  await fillCart(send, books.slice(3, 13))
  await placeOrder(send, measureAction, 'order_10')
}

/**
 * Runs each action in a temporary shop with the starter catalogue and counts its request units. The running shop is not used,
 * because a test order would stay in its records. `log` receives progress messages. Throws StartError without an embedded engine.
 */
export const measure = (log: (line: string) => void): Promise<Measured> => {
  const meter = createConsumptionMeter()
  return withTemporaryShop(meter.watch, log, async shop => {
    const measured: Partial<Record<Action, Consumed>> = {}
    const measureAction: MeasureAction = async (action, doing) => {
      meter.take()
      await doing()
      measured[action] = meter.take()
    }
    const send = shop.browser()
    const books = await listBooks(send)
    await browse(send, measureAction, books)
    await signUp(shop, measureAction)
    await buy(shop, measureAction, books)
    await measureAction('changes', shop.readChanges)
    return measured as Measured
  })
}
