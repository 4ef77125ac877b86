/** Guarantee 11: expired data is not used, even if it has not been deleted yet. */

import { aBook, createTestShop, type Json } from '../../test/kit.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'
import { createGuestCookie } from './carts.ts'
import type { Guarantee } from './guarantee.ts'

const BOOKS = [aBook({ book_id: 'b-1' })]
const DAY = 86_400_000

const expiredIsGone: Guarantee = {
  number: 11,
  title: 'Expired data is not used',
  criterion: 'nothing expired is readable or usable and nothing live is refused, by each process’s clock',
  prove: async run => {
    const count = run.quick ? 40 : 250
    const noon = Date.parse('2026-03-01T12:00:00Z')
    const first = await createTestShop({ books: BOOKS, now: () => new Date(noon) })
    const clocks = [0, -600_000, 600_000]
    const shops = await Promise.all(
      clocks.map(shift => createTestShop({ sharingTablesOf: first, now: () => new Date(noon + shift) })),
    )
    let wrong = 0
    let expired = 0
    for (let i = 0; i < count; i++) {
      const turn = i % 3
      const shop = shops[turn]
      if (!shop) throw new Error('no shop')
      // Expiry times within seconds of the clock, within the difference of the clocks, and within days.
      const spread = [3_000, 900_000, 3 * DAY][i % 3 === turn ? i % 2 : 2] ?? DAY
      const clock = noon + (clocks[turn] ?? 0)
      const until = Math.floor((clock + (run.random() * 2 - 1) * spread) / 1000)
      const isLive = until * 1000 > clock
      if (!isLive) expired++
      const session = await shop.account({ days: (until * 1000 - clock) / DAY })
      const signedIn = (await session.get('/api/auth/session')).body.signed_in
      if (signedIn !== isLive) wrong++
      const cookie = createGuestCookie(i)
      const made = await shop.visitor().post('/api/cart/items', { book_id: 'b-1' }, cookie)
      const row = (await readItems(shop, 'carts')).find(({ version }) => version === made.body.version)
      await putForeignItem(shop, 'carts', {
        user_id: { S: row.user_id },
        cart_id: { S: row.cart_id },
        version: { S: row.version },
        created_at: { S: row.created_at },
        updated_at: { S: row.updated_at },
        items: {
          L: row.items.map((line: Json) => ({
            M: {
              book_id: { S: line.book_id },
              category: { S: line.category },
              title: { S: line.title },
              price: { N: String(line.price) },
              quantity: { N: String(line.quantity) },
            },
          })),
        },
        expires_at: { N: String(until) },
      })
      if ((await shop.visitor().get('/api/cart', cookie)).body.item_count !== (isLive ? 1 : 0)) wrong++
    }
    const left = (await readItems(first, 'carts')).filter(
      ({ expires_at }) => expires_at * 1000 <= noon - 600_000,
    )
    return {
      method: `${count} carts and ${count} sessions that expire within 3 days of now, some within seconds; no cleanup; clocks 10 minutes apart`,
      result: `${expired} of ${count} expired; ${wrong} accepted too long or refused too early`,
      holds: wrong === 0 && expired > 0,
      control: {
        result: `${left.length} expired carts still in the table`,
        failed: left.length > 0,
      },
    }
  },
}

export const expiryGuarantees = [expiredIsGone]
