/** Staff pages: access, book changes and order transitions. */
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { orderNumber } from '#src/orders/number.ts'
import { type Account, checkOut } from '../../test/kit.ts'
import { dumpTables } from '../../test/table-contents.ts'
import { books } from './books.ts'
import { startSite, type Window, waitForHeading, waitForHydration, withoutHttpErrors } from './site.ts'

const site = await startSite({ books })

/** A window in which this account is signed in. */
const windowFor = async (
  who: Account,
  options: Parameters<typeof site.openWindow>[0] = {},
): Promise<Window> => {
  const window = await site.openWindow(options)
  const cookies = (who.cookie() ?? '').split('; ').map(pair => {
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: site.url }
  })
  await window.page.context().addCookies(cookies)
  return window
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

const waitForHeading2 = (page: Page, name: string) =>
  page.getByRole('heading', { level: 2, name, exact: true }).waitFor()

const placeOrder = async (): Promise<string> => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  return (await checkOut(guest, 'k', { email: 'customer@example.com' })).body.order_id
}

test('staff pages are 404 for customers and redirect guests to sign-in; staff without a second factor set one up first', async () => {
  const orderId = await placeOrder()
  const paths = ['/staff', '/staff/payments', '/staff/books/tech-001', `/staff/orders/${orderId}`]
  const status = async (path: string, cookie?: string) => {
    const answer = await fetch(site.url + path, { headers: cookie ? { cookie } : {}, redirect: 'manual' })
    return `${answer.status} ${answer.headers.get('location') ?? ''}`.trim()
  }
  const customer = await site.account()
  const unready = await site.account({ role: 'staff', secondFactor: false })
  const ready = await site.account({ role: 'staff' })
  await Promise.all([customer, unready, ready].map(one => one.get('/api/auth/session')))
  const before = await dumpTables(site)
  for (const path of paths) {
    const here = encodeURIComponent(path)
    expect(await status(path)).toBe(`303 /sign-in?next=${here}`)
    expect(await status(path, customer.cookie())).toBe('404')
    expect(await status(path, unready.cookie())).toBe(`303 /account/two-factor?next=${here}`)
    expect(await status(path, ready.cookie())).toBe('200')
    for (const who of [customer, unready])
      for (const body of [
        'intent=stock&stock_delta=5',
        'intent=price&price=1',
        'intent=shipped',
        'intent=record-payment&key=k&amount=1&method=cash',
      ]) {
        const answer = await fetch(site.url + path, {
          method: 'POST',
          headers: { cookie: who.cookie() ?? '', 'sec-fetch-site': 'same-origin' },
          body: new URLSearchParams(body),
          redirect: 'manual',
        })
        expect([303, 403, 404, 405], path).toContain(answer.status)
      }
  }
  expect(await dumpTables(site)).toBe(before)
})

for (const javaScriptEnabled of [true, false])
  test(`staff find a book, change its price and stock, and upload a cover; scripts: ${javaScriptEnabled}`, async () => {
    const staff = await site.account({ role: 'staff' })
    const window = await windowFor(staff, { javaScriptEnabled })
    const { page } = window
    const stock = async () => (await site.staff.get('/api/books/poem-1/stock')).body
    await page.goto('/staff')
    await waitForHydration(page)
    await page.getByLabel('Title, author, ISBN, or book ID').fill('poem-1')
    await press(page, 'Find')
    await page.getByRole('link', { name: 'Volume 2 Poet 1, poem-1' }).click()
    await waitForHeading(page, 'Collected Poems, Volume 2')
    const before = await stock()
    await page.getByLabel('Adjust stock').fill('some')
    await press(page, 'Update stock')
    await page.getByRole('alert').getByText('Enter a whole number').first().waitFor()
    await expect.poll(() => page.getByLabel('Adjust stock').inputValue()).toBe('some')
    await page.getByLabel('Adjust stock').fill(String(-before.stock_quantity - 1))
    await press(page, 'Update stock')
    await page.getByRole('alert').getByText('Stock can’t go below zero.').first().waitFor()
    expect((await stock()).stock_quantity).toBe(before.stock_quantity)
    await page.getByLabel('Adjust stock').fill('5')
    await press(page, 'Update stock')
    await page.getByText(`${before.stock_quantity + 5} copies in stock.`).waitFor()
    await page.getByLabel('Price').fill('12.345')
    await press(page, 'Update price')
    await page.getByRole('alert').getByText('Enter a price').first().waitFor()
    await page.getByLabel('Price').fill('12.34')
    await press(page, 'Update price')
    await page.getByText('Saved.').waitFor()
    expect(await stock()).toMatchObject({ price: 12.34, stock_quantity: before.stock_quantity + 5 })
    await press(page, 'Upload cover')
    await page.getByText('Choose an image file.').waitFor()
    const upload = async (buffer: Buffer) => {
      await page.getByLabel('Cover').setInputFiles({ name: 'cover.png', mimeType: 'image/png', buffer })
      await press(page, 'Upload cover')
    }
    await upload(Buffer.from('not an image'))
    await page.getByRole('alert').getByText('This file isn’t an image we can use.').waitFor()
    await upload(
      await sharp({ create: { width: 400, height: 600, channels: 3, background: '#7a2e1d' } })
        .png()
        .toBuffer(),
    )
    await page.getByText('Saved.').waitFor()
    expect((await stock()).image_url).toMatch(/^\/images\/covers\//)
    expect(withoutHttpErrors(window.pageErrors)).toEqual([])
  })

test('staff see the orders of a day and move one through its statuses', async () => {
  const orderId = await placeOrder()
  const number = orderNumber(orderId)
  const window = await windowFor(await site.account({ role: 'staff' }))
  const { page } = window
  await page.goto('/staff')
  await waitForHydration(page)
  await page.getByRole('link', { name: number }).click()
  await waitForHeading(page, `Order ${number}`)
  await press(page, 'End this link')
  await page.getByText('There was no link to end.').waitFor()
  for (const [step, next] of [
    ['Mark as processing', 'Mark as shipped'],
    ['Mark as shipped', 'Mark as delivered'],
  ] as const) {
    await press(page, step)
    if (step === 'Mark as shipped') {
      // Asked first, and nothing has happened until it is confirmed.
      await waitForHeading2(page, 'Mark this order as shipped?')
      expect((await site.staff.get(`/api/orders/${orderId}`)).body.status).toBe('processing')
      await page.getByText('We’ll email customer@example.com').waitFor()
      await press(page, step)
      await page.getByText('Order updated. We’re emailing customer@example.com.').waitFor()
    } else await page.getByText('The customer isn’t notified of this step.').waitFor()
    await page.getByRole('button', { name: next }).waitFor()
  }
  await press(page, 'Mark as delivered')
  await page.getByText('This order is closed.').waitFor()
  expect((await site.staff.get(`/api/orders/${orderId}`)).body.status).toBe('delivered')
  await page.goto('/staff?date=2020-01-01')
  await page.getByText('No orders on this day.').waitFor()
  // Concurrent updates: the second one is rejected and sees the current status.
  const other = await placeOrder()
  await page.goto(`/staff/orders/${other}`)
  await waitForHydration(page)
  await site.staff.post(`/api/orders/${other}/status`, { status: 'cancelled' })
  await press(page, 'Mark as processing')
  await page.getByRole('alert').getByText('Someone else updated this order').waitFor()
  await page.getByText('This order is closed.').waitFor()
  expect(withoutHttpErrors(window.pageErrors)).toEqual([])
})

test('an order is canceled only after a question, without scripts too', async () => {
  const orderId = await placeOrder()
  const { page } = await windowFor(await site.account({ role: 'staff' }), { javaScriptEnabled: false })
  const status = async () => (await site.staff.get(`/api/orders/${orderId}`)).body.status
  await page.goto(`/staff/orders/${orderId}`)
  await press(page, 'Cancel order')
  await waitForHeading2(page, 'Cancel this order?')
  expect(await status()).toBe('confirmed')
  await page.getByRole('link', { name: 'Back', exact: true }).click()
  await press(page, 'Cancel order')
  await press(page, 'Cancel order')
  await page.getByText('This order is closed.').waitFor()
  expect(await status()).toBe('cancelled')
  // The question is not asked about a step that the order cannot take any more.
  await page.goto(`/staff/orders/${orderId}?confirm=shipped`)
  await page.getByText('This order is closed.').waitFor()
  expect(await page.getByRole('heading', { level: 2, name: 'Mark this order as shipped?' }).count()).toBe(0)
})

test('the staff search counts all books it finds, and leafs through them', async () => {
  const { page } = await windowFor(await site.account({ role: 'staff' }))
  await page.goto('/staff?q=collected+poems')
  await page.getByText('30 books', { exact: true }).waitFor()
  const listed = () =>
    page.locator('a[href^="/staff/books/"]').evaluateAll(all => all.map(one => one.getAttribute('href')))
  const first = await listed()
  expect(first).toHaveLength(24)
  await page.getByRole('link', { name: 'Next page' }).first().click()
  await page.getByText('30 books, page 2').waitFor()
  const second = await listed()
  expect(new Set([...first, ...second]).size).toBe(30)
  // A book whose id is typed comes first, wherever the search has it.
  await page.goto('/staff?q=poem-29')
  expect((await listed())[0]).toBe('/staff/books/poem-29')
  await page.getByText('2 books', { exact: true }).waitFor()
  await page.goto('/staff?q=978-0-13-235088-4')
  await page.getByText('1 book', { exact: true }).waitFor()
  expect(await listed()).toEqual(['/staff/books/tech-001'])
})
