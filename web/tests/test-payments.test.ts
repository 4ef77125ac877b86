/** The visit of a shopper who pays by card in a local shop, without scripts: through the Stripe provider and the stand-in for Stripe. */
import { expect, test } from 'vitest'
import { createTestPayments } from '#src/local/test-payments/test-payments.ts'
import { temporaryFolder } from '../../test/kit.ts'
import { registerSecret } from '../../test/log-leaks.ts'
import { CARDS } from '../../test/stripe.ts'
import { books } from './books.ts'
import {
  addToCart,
  fillAddress,
  ORDER_CONFIRMED,
  startSite,
  waitForHeading,
  withoutHttpErrors,
} from './site.ts'

const errors: unknown[] = []
const testPayments = createTestPayments({
  dataDir: temporaryFolder(),
  shopName: 'CloudShelf',
  now: () => new Date(),
  // No event ever comes: the page to which the shopper returns confirms.
  send: async () => 200,
  report: error => errors.push(error),
})
registerSecret('key of test payments', testPayments.providerOptions.secretKey)
const site = await startSite({
  books,
  testPayments,
  providers: [testPayments.provider],
  env: { PAYMENT_METHODS: 'stripe' },
})

test('a card is declined, another asks for 3-D Secure, and the order is placed once it is paid', async () => {
  const { page, pageErrors } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/books/tech-001/clean-code')
  await addToCart(page)
  await page.goto('/checkout')
  await fillAddress(page)
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await waitForHeading(page, 'Payment')
  const pay = async (number: string) => {
    await page.getByLabel('Card number').fill(number)
    await page.getByLabel('Expiration date').fill('12 / 49')
    await page.getByLabel('Security code').fill('123')
    await page
      .getByRole('button', { name: /^Pay .*[0-9]$/ })
      .first()
      .click()
  }
  await pay(CARDS.declined)
  await page.getByRole('alert').waitFor()
  await pay(CARDS.authenticates)
  await waitForHeading(page, 'Confirm your payment')
  await page.getByRole('button', { name: 'Complete' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
  await page.getByText('It’s paid.').waitFor()
  expect(withoutHttpErrors(pageErrors)).toEqual([])
  expect(errors).toEqual([])
})
