/** Guarantee 32: stock is conserved while categories are renamed and merged under sales, cancellations and faults. */

import { type CategoryMove, moveCategory } from '#src/catalog/move-category.ts'
import { countSold, createBuyers, placeOrder, times } from '../../test/buyers.ts'
import { aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { type Guarantee, type Run, runConcurrently } from './guarantee.ts'
import { naiveMove } from './naive.ts'

const BOOKS = 12
const STOCK = 40
const ids = times(BOOKS, i => `b${i}`)

const createStock = () =>
  ids.map((book_id, i) =>
    aBook({
      book_id,
      category: i % 2 === 0 ? 'Fiction' : 'fiction',
      title: `Book ${i}`,
      stock_quantity: STOCK,
    }),
  )

/** Rename and merge there and back, so that each book has moved several times. */
const MOVES: readonly Pick<CategoryMove, 'what' | 'from' | 'to'>[] = [
  { what: 'category.merge', from: 'fiction', to: 'Fiction' },
  { what: 'category.rename', from: 'Fiction', to: 'Novels' },
  { what: 'category.rename', from: 'Novels', to: 'Fiction' },
]

/** Buys one copy of each book in turn until the moves are over; cancels every third order. */
const buyWhile = async (shop: TestShop, isMoving: () => boolean, odd: string[]): Promise<void> => {
  for (let i = 0; isMoving() || i < 6; i++) {
    const [buyer] = await createBuyers(shop, 1, ids[i % BOOKS] ?? '')
    if (!buyer) continue
    const { status, body } = await placeOrder(buyer)
    if (![201, 409, 503].includes(status)) odd.push(`checkout answered ${status}`)
    if (status !== 201 || i % 3 !== 0) continue
    const cancelled = await buyer.shopper.post(`/api/orders/${body.order_id}/cancel`)
    if (![200, 409, 503].includes(cancelled.status)) odd.push(`cancel answered ${cancelled.status}`)
  }
}

/** Books that are lost, doubled, in a former category, or whose stock and sales do not add up. */
const findFaults = async (shop: TestShop): Promise<string[]> => {
  const rows = await readItems(shop, 'books')
  const faults: string[] = []
  for (const id of ids) {
    const found = rows.filter(row => row.book_id === id)
    const sold = await countSold(shop, id)
    const [book] = found
    if (found.length !== 1) faults.push(`${id} is there ${found.length} times`)
    else if (book.category !== 'Fiction') faults.push(`${id} is in ${book.category}`)
    else if (book.stock_quantity + sold !== STOCK)
      faults.push(`${id}: ${book.stock_quantity} left and ${sold} sold of ${STOCK}`)
  }
  return faults
}

/** A round: buyers beside all moves, of which one is interrupted after some books and repeated. */
const runRound = async (run: Run, round: number): Promise<string[]> => {
  const shop = await createTestShop({ books: createStock() })
  const odd: string[] = []
  let isMoving = true
  const buying = Promise.all(times(6, () => buyWhile(shop, () => isMoving, odd)))
  const cutAfter = 2 + Math.floor(run.random() * BOOKS)
  try {
    for (const [i, move] of MOVES.entries()) {
      let moved = 0
      const isCut = i === round % MOVES.length
      const interrupt = () => {
        if (isCut && ++moved === cutAfter) throw new Error('interrupted')
      }
      const go = (onMoved?: () => void) => moveCategory(shop.deps, { actor: 'prove', ...move }, onMoved)
      await go(interrupt).catch(error => {
        if (error.message !== 'interrupted') throw error
        return go()
      })
    }
  } finally {
    isMoving = false
    await buying
  }
  return [...odd, ...(await findFaults(shop))]
}

const conservedByMoves: Guarantee = {
  number: 32,
  title: 'Renaming and merging categories loses no copy',
  criterion:
    'while categories are renamed and merged under checkout load, stock + sold equals the initial stock of each book, and each book is in the new category exactly once, also after an interruption',
  prove: async run => {
    const rounds = run.quick ? 2 : 20
    const wrong = (await runConcurrently(rounds, 1, round => runRound(run, round))).flat()
    const naive = await createTestShop({ books: [aBook({ stock_quantity: STOCK })] })
    const buyers = await createBuyers(naive, 20, 'tech-001')
    await naiveMove(naive, 'Technology', 'Computing', () =>
      Promise.all(buyers.map(buyer => placeOrder(buyer))),
    )
    const sold = await countSold(naive, 'tech-001')
    const left = (await readItems(naive, 'books')).reduce((sum, book) => sum + book.stock_quantity, 0)
    return {
      method: `${rounds} rounds of ${BOOKS} books in two categories, merged and renamed ${MOVES.length} times beside 6 buyers who also cancel, one of the moves interrupted and repeated`,
      result: `${wrong.length} contradictions in ${rounds} rounds${wrong[0] ? `: ${wrong[0]}` : ''}`,
      holds: wrong.length === 0,
      control: {
        result: `${left} left and ${sold} sold of ${STOCK}`,
        failed: left + sold !== STOCK,
      },
    }
  },
}

export const categoryGuarantees = [conservedByMoves]
