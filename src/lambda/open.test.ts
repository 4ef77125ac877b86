/** Start of functions on AWS: the currency of the shop. */
import { expect, test } from 'vitest'
import { currency } from '../../test/currencies.ts'
import { startFunctions } from '../../test/deployments.ts'
import { aBook, createTestShop } from '../../test/kit.ts'
import { assertShopCurrency, readShopCurrency } from '../composition/shop-currency.ts'

test('the first function that starts records the currency, and none starts with another', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  await startFunctions(shop.deps, ['ShoppingCart'])
  expect(await readShopCurrency(shop.deps)).toBe('USD')

  const euros = await createTestShop({ books: [aBook()] })
  await assertShopCurrency({ ...euros.deps, currency: currency('EUR') }, { mayChange: true })
  for (const id of ['ShoppingCart', 'Sweeper'] as const) {
    const refusal = await startFunctions(euros.deps, [id]).then(
      started => `${id} started: ${started.of(id).log()}`,
      String,
    )
    expect(refusal).toMatch(/CURRENCY is USD, but .* are in EUR: set CURRENCY=EUR/)
  }
})
