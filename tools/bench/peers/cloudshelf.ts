/** CloudShelf on the same books, as `npm start` runs it. */
import type { Book } from '#src/catalog/schema.ts'
import { getRequest, searchPath } from '../requests.ts'
import { startShop } from '../shop-process.ts'
import { fillDataFolder } from '../test-catalog.ts'
import type { RunningShop, Rush } from './peer.ts'
import { createSearchTexts, selectBooks } from './test-queries.ts'

const FIRST_BOOK = '/api/books/1'
const CATEGORIES = 20
/** Number of case variants of each query, so that every search has a new URL. */
const SPELLINGS = 12

const RUSHES: readonly Rush[] = [
  { title: 'crowd-of-10', copies: 10 },
  { title: 'crowd-of-1000', copies: 1_000 },
]

/** Adds a description as long as the peers' ones, because the test books have none. */
const addDescription = (book: Book): Book => ({
  ...book,
  description: `${book.title} by ${book.author}.${book.published_year ? ` First published in ${book.published_year}.` : ''} Readers rate it ${book.average_rating} of 5 from ${book.ratings_count} ratings. In stock and ready to ship within one working day; returns are accepted within 30 days. Other editions, in other languages and bindings, can be ordered and arrive within two to four weeks.`,
})

/** Fills a data folder with the books and the limited titles of the rushes. */
export const fillCloudshelf = async (dataDir: string, books: readonly Book[]): Promise<void> => {
  const last = books.at(-1)
  if (!last) throw new Error('there are no books')
  const limited = RUSHES.map(({ title, copies }) => ({ ...last, book_id: title, stock_quantity: copies }))
  await fillDataFolder(dataDir, [
    ...books.map(addDescription),
    ...limited.map(({ isbn: _, ...book }) => book),
  ])
}

/** Case variant `n` of a text: letters are upper case where the bits of `n` are set. */
const varyCase = (text: string, n: number): string =>
  [...text].map((letter, i) => ((n >> i) & 1 ? letter.toUpperCase() : letter)).join('')

export const startCloudshelf = async (dataDir: string, books: readonly Book[]): Promise<RunningShop> => {
  const shop = await startShop(dataDir, FIRST_BOOK)
  const sizes = Map.groupBy(books, ({ category }) => category)
  const largest = [...sizes]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, CATEGORIES)
    .map(([category]) => category)
  const texts = createSearchTexts(books)
  const seen = new Set(selectBooks(books))
  return {
    name: 'cloudshelf',
    port: shop.port,
    startedIn: shop.startedIn,
    processes: { shop: shop.pid, store: shop.engine.pid },
    facts: {},
    titles: books.map(({ book_id }) => book_id),
    rushes: RUSHES,
    reads: {
      list: {
        requests: largest.map(category =>
          getRequest(`/api/books?category=${encodeURIComponent(category)}&limit=24`),
        ),
        contains: '"book_id":',
      },
      book: {
        requests: selectBooks(books).map(place => getRequest(`/api/books/${books[place]?.book_id}`)),
        contains: '"book_id":',
      },
      // Books that the `book` workload does not request.
      newBook: {
        requests: books.flatMap(({ book_id }, place) =>
          seen.has(place) ? [] : getRequest(`/api/books/${book_id}`),
        ),
        contains: '"book_id":',
        once: true,
      },
      search: {
        requests: Array.from({ length: SPELLINGS }, (_, n) =>
          texts.map(text => getRequest(`${searchPath(varyCase(text, n))}&limit=24`)),
        ).flat(),
        contains: '"book_id":',
        once: true,
      },
    },
    end: shop.end,
  }
}
