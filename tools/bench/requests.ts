/** Raw HTTP requests of each operation. */
import type { Book, ListedBook } from '#src/catalog/schema.ts'
import { toListedBook } from '#src/catalog/views.ts'
import type { PreparedCart } from './prepared-carts.ts'
import { generateQuestions } from './query-generator.ts'
import { pick, pickSome, type Random, shuffle } from './random.ts'
import { PROXY_SECRET } from './shop-process.ts'

type RequestParts = {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A request as raw HTTP text. */
export const httpText = ({ method = 'GET', path, headers = {}, body }: RequestParts): string => {
  const content = body === undefined ? '' : JSON.stringify(body)
  const all = {
    host: '127.0.0.1',
    ...headers,
    ...(content
      ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) }
      : {}),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${content}`
}

export const getRequest = (path: string): string => httpText({ path })

/** Headers of a guest whose browser sends a request from one of the shop's pages. */
const guestHeaders = (secret: string) => ({
  cookie: `cloudshelf_guest=${secret}`,
  'sec-fetch-site': 'same-origin',
})

export const createBookRequests = (random: Random, books: readonly Book[]): string[] =>
  shuffle(random, books).map(book => getRequest(`/api/books/${book.book_id}`))

export const searchPath = (q: string): string => `/api/books/search?q=${encodeURIComponent(q)}`

export const createSearchRequests = (queries: readonly string[]): string[] =>
  queries.map(q => getRequest(searchPath(q)))

/** Randomizes upper and lower case: the same query under a new URL. */
const randomizeCase = (random: Random, q: string): string =>
  [...q].map(letter => (random() < 0.5 ? letter.toUpperCase() : letter)).join('')

/** Each query `times` times, under different URLs as far as its letters allow. */
export const createUniqueSearches = (random: Random, queries: readonly string[], times: number): string[] => {
  const paths = new Set<string>()
  for (let i = 0; i < times; i++)
    for (const q of shuffle(random, queries)) paths.add(searchPath(i === 0 ? q : randomizeCase(random, q)))
  return [...paths].map(getRequest)
}

/** Generated searches with thirteen kinds of typing errors, without duplicates. */
export const createGeneratedSearches = (books: readonly Book[], perKind: number, seed: number): string[] => {
  const rows: ListedBook[] = books.map(toListedBook)
  const made = new Set(generateQuestions(rows, perKind, seed).map(({ q }) => q))
  return createSearchRequests([...made])
}

/** Prefixes of titles and authors as they are typed, without duplicates. */
export const createSuggestRequests = (random: Random, books: readonly Book[], count: number): string[] => {
  const typed = new Set<string>()
  while (typed.size < count) {
    const { title, author } = pick(random, books)
    const text = (random() < 0.7 ? title : author).toLowerCase()
    typed.add(text.slice(0, 2 + Math.floor(random() * Math.min(18, text.length))).trim())
  }
  return [...typed].map(q => getRequest(`/api/books/suggest?q=${encodeURIComponent(q)}`))
}

export const createCartReads = (carts: readonly PreparedCart[]): string[] =>
  carts.map(({ secret }) => httpText({ path: '/api/cart', headers: guestHeaders(secret) }))

const addRequest = (book: Book, headers: Readonly<Record<string, string>> = {}): string =>
  httpText({ method: 'POST', path: '/api/cart/items', headers, body: { book_id: book.book_id, quantity: 1 } })

/** First cart additions of visitors without cart and cookie. */
export const createFirstAdds = (random: Random, books: readonly Book[], count: number): string[] =>
  Array.from({ length: count }, (_, i) => addRequest(pick(random, books), networkHeaders(i)))

/** One more book for each cart in turn, `rounds` times. */
export const createFurtherAdds = (
  random: Random,
  books: readonly Book[],
  carts: readonly PreparedCart[],
  rounds: number,
): string[] => {
  const chosen = carts.map(() => pickSome(random, books, rounds))
  return Array.from({ length: rounds }, (_, round) =>
    carts.flatMap(({ secret }, i) => {
      const book = chosen[i]?.[round]
      return book ? [addRequest(book, guestHeaders(secret))] : []
    }),
  ).flat()
}

/** Headers that give each customer a network of its own. */
export const networkHeaders = (n: number) => ({
  'x-trusted-proxy': PROXY_SECRET,
  'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
})

export const createCheckouts = (carts: readonly PreparedCart[]): string[] =>
  carts.map(({ secret, cart, total }, i) =>
    httpText({
      method: 'POST',
      path: '/api/orders',
      headers: { ...guestHeaders(secret), ...networkHeaders(i), 'idempotency-key': crypto.randomUUID() },
      body: {
        cart_version: cart.version,
        expected_total: total,
        email: `guest-${i}@example.com`,
        shipping_address: {
          name: 'John Doe',
          street: '123 Main St',
          city: 'Anytown',
          state: 'ST',
          postal_code: '12345',
        },
      },
    }),
  )
