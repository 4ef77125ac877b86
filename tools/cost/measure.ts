/** `cloudshelf cost --measure`: what each thing that people do in the shop consumes of DynamoDB, counted call by call. */
import { slugOf } from '#src/core/slug.ts'
import { type Consumed, consumptionMeter } from './meter.ts'
import { type Ask, type ThrowawayShop, withThrowawayShop } from './temporary-shop.ts'

/** The things that are measured, in the order in which they are done. */
export const actions = {
  front_page: 'front page',
  shelf_page: 'page of a shelf',
  search_page: 'page of a search',
  book_page: 'page of a book, first time',
  book_page_again: 'page of a book, again',
  list: 'API: list of books',
  search: 'API: search',
  first_add: 'add to cart, a new guest’s first',
  add: 'add to cart, another book',
  cart_read: 'cart read',
  cart_page: 'page of the cart',
  sign_up: 'sign-up',
  confirm: 'address confirmed',
  sign_in: 'sign-in',
  order_1: 'order of 1 line',
  order_3: 'order of 3 lines',
  order_10: 'order of 10 lines',
  order_mail: 'mail of an order',
  history: 'list of one’s orders',
  order_read: 'order read',
  cancel: 'order of 3 lines cancelled',
  changes: 'look for changes of the shelf',
} as const
export type Action = keyof typeof actions
export type Measured = { readonly [action in Action]: Consumed }

const PERSON = { email: 'reader@example.com', password: 'four words nobody guesses' }
const ADDRESS = { street: '123 Main St', city: 'Anytown', state: 'ST', postal_code: '12345' }

type Note = (action: Action, doing: () => Promise<unknown>) => Promise<void>

type Listed = { readonly book_id: string; readonly title: string }

const booksOf = async (ask: Ask): Promise<readonly Listed[]> => {
  const { body } = await ask('GET', '/api/books?in_stock=true&sort=title&limit=50')
  return body.items as Listed[]
}

const fill = async (ask: Ask, books: readonly Listed[]): Promise<void> => {
  for (const { book_id } of books) await ask('POST', '/api/cart/items', { book_id })
}

/** Checks out what is in the cart; the order's id. */
const order = async (ask: Ask, note: Note, action: Action): Promise<string> => {
  const { body: cart } = await ask('GET', '/api/cart')
  const input = {
    cart_version: cart.version,
    expected_total: cart.total,
    email: PERSON.email,
    shipping_address: ADDRESS,
  }
  let id = ''
  await note(action, async () => {
    const { body } = await ask('POST', '/api/orders', input, crypto.randomUUID())
    id = String(body.order_id)
  })
  return id
}

const browse = async (ask: Ask, note: Note, books: readonly Listed[]): Promise<void> => {
  await note('front_page', () => ask('GET', '/'))
  await note('shelf_page', () => ask('GET', '/category/Fiction'))
  await note('search_page', () => ask('GET', '/search?q=gatbsy'))
  const last = books.at(-1)
  const page = last ? `/books/${last.book_id}/${slugOf(last.title)}` : '/'
  await note('book_page', () => ask('GET', page))
  await note('book_page_again', () => ask('GET', page))
  await note('list', () => ask('GET', '/api/books?limit=24'))
  await note('search', () => ask('GET', '/api/books?q=clean+cod'))
}

const sign = async (shop: ThrowawayShop, note: Note): Promise<void> => {
  const ask = shop.browser()
  await note('sign_up', () => ask('POST', '/api/auth/sign-up', PERSON))
  const [mail] = await shop.mails()
  const [, token] = /token=([\w-]+)/.exec(mail?.text ?? '') ?? []
  await note('confirm', () => ask('POST', '/api/auth/verify-email', { token, password: PERSON.password }))
  await note('sign_in', () => ask('POST', '/api/auth/sign-in', PERSON))
}

const buy = async (shop: ThrowawayShop, note: Note, books: readonly Listed[]): Promise<void> => {
  const ask = shop.browser()
  await note('first_add', () => fill(ask, books.slice(0, 1)))
  await order(ask, note, 'order_1')
  await shop.mails()
  await fill(ask, books.slice(0, 2))
  await note('add', () => fill(ask, books.slice(2, 3)))
  await note('cart_read', () => ask('GET', '/api/cart'))
  await note('cart_page', () => ask('GET', '/cart'))
  const id = await order(ask, note, 'order_3')
  await note('order_mail', shop.mails)
  await note('history', () => ask('GET', '/api/orders'))
  await note('order_read', () => ask('GET', `/api/orders/${id}`))
  await note('cancel', () => ask('POST', `/api/orders/${id}/cancel`))
  await fill(ask, books.slice(3, 13))
  await order(ask, note, 'order_10')
}

/**
 * Does each in a shop of its own with the starter shelf, and counts. The running shop is left alone: an order that was only a
 * measurement would stay in its books. `say` is told what takes time. Throws StartError where there is no embedded engine.
 */
export const measure = (say: (line: string) => void): Promise<Measured> => {
  const meter = consumptionMeter()
  return withThrowawayShop(meter.watch, say, async shop => {
    const measured: Partial<Record<Action, Consumed>> = {}
    const note: Note = async (action, doing) => {
      meter.take()
      await doing()
      measured[action] = meter.take()
    }
    const ask = shop.browser()
    const books = await booksOf(ask)
    await browse(ask, note, books)
    await sign(shop, note)
    await buy(shop, note, books)
    await note('changes', shop.readChanges)
    return measured as Measured
  })
}
