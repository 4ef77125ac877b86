/** Edits of stock by staff during sales. Many concurrent buyers are tested in `tools/prove/stock.ts`. */

import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { aBook, checkOut, createTestShop } from '../../test/kit.ts'
import { readStock } from '../../test/table-contents.ts'

test('a counted stock is refused when a copy was sold since', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const etag = (await shop.staff.get('/api/books/tech-001/stock')).headers.get('etag') ?? ''
  const shopper = shop.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  await checkOut(shopper)
  const count = (match: string) =>
    shop.staff.call('PATCH', '/api/books/tech-001', { stock_quantity: 25 }, { 'if-match': match })
  expect((await count(etag)).body.code).toBe('precondition_failed')
  expect((await count('*')).body.code).toBe('precondition_required')
  expect(await readStock(shop, 'tech-001')).toBe(24)
})

test('of concurrent edits with the same If-Match one succeeds', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  for (let round = 0; round < 10; round++) {
    const etag = (await shop.staff.get('/api/books/tech-001/stock')).headers.get('etag') ?? ''
    const answers = await Promise.all(
      times(8, i =>
        shop.staff.call('PATCH', '/api/books/tech-001', { title: `${round}-${i}` }, { 'if-match': etag }),
      ),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won.length).toBe(1)
    for (const { status, body } of answers)
      if (status !== 200) expect(['book_changed', 'precondition_failed']).toContain(body.code)
    const { body } = await shop.staff.get('/api/books/tech-001')
    expect(body.title).toBe(won[0]?.body.title)
  }
})
