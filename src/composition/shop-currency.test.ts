import { expect, test } from 'vitest'
import { currency } from '../../test/currencies.ts'
import { aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'
import { SettingsError } from './settings.ts'
import { assertShopCurrency, readShopCurrency } from './shop-currency.ts'

const start = ({ deps }: TestShop, code: string, mayChange = true): Promise<void> =>
  assertShopCurrency({ ...deps, currency: currency(code) }, { mayChange })

test('the first start records the currency, and later ones leave it', async () => {
  const shop = await createTestShop()
  expect(await readShopCurrency(shop.deps)).toBeUndefined()
  await start(shop, 'EUR', false)
  const rows = () => readItems(shop, 'control').then(all => all.filter(({ pk }) => pk === 'shop'))
  const first = await rows()
  expect(first).toMatchObject([{ sk: 'currency', currency: 'EUR' }])
  await start(shop, 'EUR')
  expect(await rows()).toEqual(first)
})

test('several processes that start at once agree on one currency', async () => {
  for (let round = 0; round < 5; round++) {
    const shop = await createTestShop({ books: [aBook()], withStaff: false })
    const codes = ['EUR', 'JPY', 'KWD', 'EUR']
    const results = await Promise.allSettled(codes.map(code => start(shop, code)))
    const recorded = await readShopCurrency(shop.deps)
    expect(results.map(({ status }) => status)).toEqual(
      codes.map(code => (code === recorded ? 'fulfilled' : 'rejected')),
    )
  }
})

const FILLED: Readonly<Record<string, (shop: TestShop) => Promise<unknown>>> = {
  books: shop => shop.deps.db.transact(shop.deps.books.create(aBook())),
  carts: shop => putForeignItem(shop, 'carts', { user_id: { S: 'u' }, cart_id: { S: 'cart-2025-09-05' } }),
  orders: shop =>
    putForeignItem(shop, 'orders', {
      user_id: { S: 'u' },
      order_id: { S: 'order-2025-09-05-xyz123' },
      order_date: { S: '2025-09-05' },
    }),
}

test.each(Object.keys(FILLED))(
  'another currency is refused while there are %s, with the way out',
  async table => {
    const shop = await createTestShop()
    await start(shop, 'USD')
    await FILLED[table]?.(shop)
    const refusal = await start(shop, 'EUR').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SettingsError)
    expect(String(refusal)).toMatch(/CURRENCY is EUR, but .* are in USD: set CURRENCY=USD\./)
    expect(await readShopCurrency(shop.deps)).toBe('USD')
  },
)

test('an empty shop takes another currency where the tables may be scanned', async () => {
  const shop = await createTestShop()
  await start(shop, 'USD')
  await expect(start(shop, 'EUR', false)).rejects.toThrow(SettingsError)
  await start(shop, 'EUR')
  expect(await readShopCurrency(shop.deps)).toBe('EUR')
})
