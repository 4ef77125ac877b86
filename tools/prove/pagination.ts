/** Pagination under concurrent writes: paging through a list returns each existing entry exactly once (guarantee 18). */
import type { TestShop } from '../../test/kit.ts'
import { aBook, checkOut, createTestShop, type Shopper } from '../../test/kit.ts'
import { runConcurrently } from './guarantee.ts'

type Walk = { readonly met: readonly string[]; readonly pages: number }

const walk = async (
  who: Shopper,
  path: string,
  idOf: (item: Record<string, string>) => string | undefined,
  between: () => Promise<unknown>,
): Promise<Walk> => {
  const met: string[] = []
  let cursor: string | null = null
  let pages = 0
  do {
    const answer = await who.get(cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body.code}`)
    for (const item of answer.body.items) met.push(idOf(item) ?? '')
    cursor = answer.body.next_cursor
    if (pages++ % 5 === 0) await between()
  } while (cursor !== null)
  return { met, pages }
}

/** Number of entries that were not returned exactly once. */
const countMisses = (before: ReadonlySet<string>, { met }: Walk): number => {
  const counts = new Map<string, number>()
  for (const id of met) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...before].filter(id => counts.get(id) !== 1).length
}

const newBook = (n: number) => ({
  book_id: `new-${n}`,
  description: 'As good as new',
  title: `M book ${String(n).padStart(4, '0')}`,
  author: 'A. Author',
  category: 'Technology',
  price: 1,
  stock_quantity: 1,
})

/** Creates a shop with `count` books; new titles will sort between the existing ones. */
const createShopWithBooks = async (count: number, now: () => Date): Promise<TestShop> => {
  const books = Array.from({ length: count }, (_, i) =>
    aBook({
      book_id: `b-${i}`,
      stock_quantity: 1_000,
      title: `${['A', 'Z'][i % 2]} book ${String(i).padStart(4, '0')}`,
    }),
  )
  const shop = await createTestShop({ indexLoaded: false, now })
  await runConcurrently(books.length, 8, i =>
    shop.deps.db.transact(shop.deps.books.create(books[i] ?? aBook())),
  )
  await shop.deps.liveIndex.load()
  return shop
}

/** Pages through books and a shopper's orders at these page sizes; counts missed or repeated entries, also for offset pagination. */
export const runWalks = async (books: number, orders: number, sizes: readonly number[]) => {
  let minutes = 0
  const since = Date.now()
  const shop = await createShopWithBooks(books, () => new Date(since + minutes * 60_000))
  const before = new Set(Array.from({ length: books }, (_, i) => `b-${i}`))
  let added = 0
  const add = async (): Promise<void> => {
    const { status } = await shop.staff.post('/api/books', newBook(added++))
    if (status !== 201) throw new Error(`a book could not be added: ${status}`)
  }
  let missed = 0
  let pages = 0
  for (const limit of sizes) {
    const walked = await walk(shop.visitor(), `/api/books?limit=${limit}&sort=title`, one => one.book_id, add)
    missed += countMisses(before, walked)
    pages += walked.pages
  }
  const shopper = await shop.account()
  const order = async (): Promise<string> => {
    // Advances the clock, to stay within the checkout rate limit.
    minutes++
    await shopper.post('/api/cart/items', { book_id: 'b-0' })
    const { status, body } = await checkOut(shopper)
    if (status !== 201) throw new Error(`an order was not placed: ${status} ${body.code}`)
    return body.order_id
  }
  const mine = new Set<string>()
  for (let i = 0; i < orders; i++) mine.add(await order())
  for (const limit of sizes.filter(size => size < orders)) {
    const walked = await walk(
      shopper,
      `/api/orders?limit=${limit}`,
      one => one.order_id,
      async () => {},
    )
    missed += countMisses(mine, walked)
    pages += walked.pages
  }
  // With offsets, each entry added at the front repeats the last entry of the previous page.
  const list = [...before]
  const met: string[] = []
  for (let at = 0; at < list.length; at += 7) {
    met.push(...list.slice(at, at + 7))
    if (at % 35 === 0) list.unshift(`new ${at}`)
  }
  return { missed, pages, added, naive: countMisses(before, { met, pages: 0 }) }
}
