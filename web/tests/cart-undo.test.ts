/** Removing a book from the cart can be undone, with and without scripts. */
import { expect, test } from 'vitest'
import { books } from './books.ts'
import { addToCart, startSite, waitForHydration } from './site.ts'

const site = await startSite({ books })

test.each([
  ['with scripts, on a phone', true, 390],
  ['without scripts, on a phone', false, 390],
  ['with scripts, on a desktop', true, 1280],
])('%s', async (_, javaScriptEnabled, width) => {
  const { page, pageErrors } = await site.openWindow({
    javaScriptEnabled,
    viewport: { width, height: 800 },
  })
  await page.goto('/books/tech-001/clean-code')
  await page.getByLabel('Quantity').selectOption('2')
  await addToCart(page)
  await page.goto('/cart')
  if (javaScriptEnabled) await waitForHydration(page)
  await page.getByRole('button', { name: 'Remove Clean Code', exact: true }).click()
  await page.getByText('Your cart is empty.').waitFor()
  await page.getByText('Removed Clean Code.').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  await page.getByRole('button', { name: 'Undo removing Clean Code' }).click()
  await page.getByText('2 copies').waitFor({ state: 'attached' })
  expect(await page.getByText('Removed Clean Code.').count()).toBe(0)
  expect(new URL(page.url()).pathname).toBe('/cart')
  expect(pageErrors).toEqual([])
})

test('the notice does not show a book that is in the cart, or that is none', async () => {
  const shopper = site.visitor()
  await shopper.post('/api/cart/items', { book_id: 'tech-001' })
  for (const query of [
    'removed=tech-001&quantity=2',
    'removed=no-such&quantity=2',
    'removed=%3Cb%3E&quantity=2',
  ]) {
    const answer = await fetch(`${site.url}/cart?${query}`, { headers: { cookie: shopper.cookie() ?? '' } })
    expect([query, answer.status]).toEqual([query, 200])
    expect(await answer.text()).not.toContain('Undo')
  }
})
