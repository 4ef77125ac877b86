/** Examples of requests and replies in the OpenAPI document, by endpoint id, with the books, cart and order of the specification. */
import { ACCOUNT_EXAMPLES, address, profile, token } from './account-examples.ts'
import { amounts, held, order, PAYMENT_EXAMPLES } from './payment-examples.ts'

const cleanCode = {
  book_id: 'tech-001',
  category: 'Technology',
  title: 'Clean Code',
  author: 'Robert C. Martin',
  isbn: '9780132350884',
  price: 42.99,
  availability: 'in_stock',
}

const detail = {
  ...cleanCode,
  authors: ['Robert C. Martin'],
  description: 'A handbook of agile software craftsmanship',
  created_at: '2025-09-05T10:00:00Z',
  updated_at: '2025-09-05T10:00:00Z',
}

const staffBook = { ...detail, stock_quantity: 25 }

const page = {
  items: [cleanCode],
  total: 1,
  pages: 1,
  match: null,
  facets: {
    category: [{ value: 'Technology', count: 1 }],
    author: [{ value: 'Robert C. Martin', count: 1 }],
    price: [{ value: '30-50', count: 1 }],
    availability: [{ value: 'in_stock', count: 1 }],
    language: [{ value: 'en', count: 1 }],
    decade: [{ value: '2000', count: 1 }],
    rating: [{ value: '4', count: 1 }],
  },
  next_cursor: null,
}

const found = { ...page, items: [{ ...cleanCode, match: 'exact' }], match: 'exact' }

const { isbn: _isbn, title: _title, ...suggested } = cleanCode

const { subtotal: total_amount, ...charges } = amounts

const cart = {
  version: '0c7v1k2m3n4p5q6r7s8t9v0w1x',
  items: [
    {
      book_id: 'tech-001',
      category: 'Technology',
      title: 'Clean Code',
      author: 'Robert C. Martin',
      price: 42.99,
      quantity: 1,
      line_total: 42.99,
    },
  ],
  item_count: 1,
  total_amount,
  ...charges,
  currency: 'USD',
  can_check_out: true,
  expires_at: '2025-09-12T10:00:00.000Z',
}

const emptiedCart = {
  ...cart,
  version: null,
  items: [],
  item_count: 0,
  total_amount: 0,
  tax: 0,
  shipping: 0,
  total: 0,
  can_check_out: false,
}

const content = {
  category: 'Technology',
  title: 'Clean Code',
  author: 'Robert C. Martin',
  isbn: '978-0-13-235088-4',
  price: 42.99,
  description: 'A handbook of agile software craftsmanship',
}

const reportAge = {
  time_zone: 'America/New_York',
  as_of: '2025-09-05T10:00:00.000Z',
  lag_seconds: 0.4,
  read_from: 'database',
  has_replica: false,
  replica_lag_seconds: null,
}

type Example = { readonly request?: unknown; readonly reply?: unknown; readonly accepted?: unknown }

export const EXAMPLES: Readonly<Record<string, Example>> = {
  browseBooks: { reply: page },
  searchBooks: { reply: found },
  categoryBooks: { reply: page },
  suggestBooks: { reply: { items: [{ kind: 'book', text: 'Clean Code', ...suggested }] } },
  listCategories: { reply: { items: [{ category: 'Technology', count: 13 }] } },
  listRenamedCategories: { reply: { items: [{ category: 'Tech', now: 'Technology' }] } },
  listTitles: {
    reply: {
      parts: 1,
      items: [{ book_id: 'tech-001', title: 'Clean Code', updated_at: '2025-09-05T10:00:00Z' }],
    },
  },
  getBook: { reply: detail },
  getFrontPage: {
    reply: { shelves: [{ kind: 'category', category: 'Technology', items: [cleanCode] }], complete: true },
  },
  listRelatedBooks: {
    reply: { author: 'Robert C. Martin', by_author: [cleanCode], in_category: [cleanCode], complete: true },
  },
  getStaffBook: { reply: staffBook },
  createBook: { request: { book_id: 'tech-001', ...content, stock_quantity: 25 }, reply: staffBook },
  replaceBook: { request: content, reply: staffBook },
  changeBook: {
    request: { price: 39.99, stock_delta: 10 },
    reply: { ...staffBook, price: 39.99, stock_quantity: 35 },
  },
  listReports: {
    reply: {
      items: [
        {
          name: 'stock-value',
          title: 'Stock value',
          summary: 'What is in stock now.',
          choices: ['category', 'currency'],
        },
      ],
      ...reportAge,
    },
  },
  getReport: {
    reply: {
      name: 'stock-value',
      title: 'Stock value',
      summary: 'What is in stock now.',
      ...reportAge,
      currency: 'USD',
      decimals: 2,
      choices: ['category', 'currency'],
      from: '2025-08-07',
      to: '2025-09-05',
      unit: 'day',
      category: null,
      columns: [
        { name: 'category', title: 'Category', kind: 'text' },
        { name: 'value_minor', title: 'Value', kind: 'money' },
      ],
      rows: [['Technology', 107475]],
      chart: { kind: 'ranking', label: 'category', values: ['value_minor'], only_zero: null },
      sql: 'select category, … from report.books … where currency = $1::text',
      parameters: [{ name: 'currency', value: 'USD' }],
    },
  },
  putCover: { reply: { ...staffBook, image_url: '/images/covers/tech-001-0123456789abcdef.webp' } },
  getCart: { reply: cart },
  addCartItem: { request: { book_id: 'tech-001', quantity: 1 }, reply: cart },
  setCartItem: { request: { quantity: 1 }, reply: cart },
  removeCartItem: { reply: emptiedCart },
  emptyCart: { reply: emptiedCart },
  placeOrder: {
    request: {
      cart_version: cart.version,
      expected_total: cart.total,
      email: 'customer@example.com',
      shipping_address: address,
    },
    reply: order,
    accepted: held,
  },
  listOrders: { reply: { items: [order], next_cursor: null } },
  lookUpOrder: {
    request: { order_id: order.order_number, email: order.email },
    reply: { detail: 'If we find a matching order, we’ll email a link to the address it was placed with.' },
  },
  openOrderLink: { request: { token }, reply: order },
  cancelByLink: { request: { token }, reply: { ...order, status: 'cancelled' } },
  viewOrder: { request: { token }, reply: order },
  endViewLinks: { reply: { ended: 2 } },
  getOrder: { reply: order },
  cancelOrder: { reply: { ...order, status: 'cancelled' } },
  setOrderStatus: { request: { status: 'processing' }, reply: { ...order, status: 'processing' } },
  ...PAYMENT_EXAMPLES,
  ...ACCOUNT_EXAMPLES,
  exportMe: {
    request: { password: 'four quiet blue words' },
    reply: {
      made_at: '2025-09-05T10:00:00.000Z',
      profile,
      addresses: [],
      sessions: [],
      sign_in: { confirmed: true },
      carts: [],
      orders: [order],
      payments: [],
      checkouts: [],
      invoice_allowed: false,
      invoices: [],
      order_links: [{ order_id: order.order_id, created_at: '2025-09-05T10:00:00.000Z' }],
      mails_waiting: [],
      audit: [],
    },
  },
  getHealth: {
    reply: {
      status: 'ok',
      engine: 'embedded',
      store: 'up',
      outages: [],
      index: { ready: true, state: 'ready', books: 159, age_seconds: 0.4 },
      unreadable_books: 0,
      quiet: false,
      backup: null,
      mail: { waiting_seconds: 0 },
    },
  },
}
