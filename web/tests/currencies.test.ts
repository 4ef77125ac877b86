/**
 * Shops in currencies with no, two and three decimals: the same amounts from the imported file to page, mail,
 * API and export.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportBooks } from '#src/catalog/import/export.ts'
import { openFeed } from '#src/catalog/import/feed/open-feed.ts'
import { importBooks } from '#src/catalog/import/import-books.ts'
import { sendDueMail } from '#src/notifications/worker.ts'
import { type Answer, orderFor, type Shopper, temporaryFolder } from '../../test/kit.ts'
import { createMailCapture } from '../../test/mail.ts'
import { readItems } from '../../test/table-contents.ts'
import { type Site, startSite } from './site.ts'

type Case = {
  readonly code: string
  readonly cell: string
  readonly rate: string
  readonly shippingFlat: string
  readonly price: number
  readonly shipping: number
  /** Rounded half up to the minor unit. */
  readonly tax: number
  readonly total: number
  readonly shown: {
    readonly price: string
    readonly tax: string
    readonly total: string
    readonly band: string
  }
  readonly exported: string
  readonly tooPrecise: number
}

const CASES: readonly Case[] = [
  {
    code: 'JPY',
    cell: '1234',
    rate: '0.10',
    shippingFlat: '500',
    price: 1234,
    shipping: 500,
    tax: 123,
    total: 1857,
    shown: { price: '¥1,234', tax: '¥123', total: '¥1,857', band: '¥1,000' },
    exported: '1234',
    tooPrecise: 1234.5,
  },
  {
    code: 'KWD',
    cell: '3.750',
    rate: '0.05',
    shippingFlat: '1.250',
    price: 3.75,
    shipping: 1.25,
    tax: 0.188,
    total: 5.188,
    shown: { price: 'KWD 3.750', tax: 'KWD 0.188', total: 'KWD 5.188', band: 'KWD 10' },
    exported: '3.750',
    tooPrecise: 3.7505,
  },
  {
    code: 'HUF',
    cell: '4990,50 Ft',
    rate: '0.05',
    shippingFlat: '1490',
    price: 4990.5,
    shipping: 1490,
    tax: 249.53,
    total: 6730.03,
    shown: { price: 'HUF 4,990.50', tax: 'HUF 249.53', total: 'HUF 6,730.03', band: 'HUF 3,000' },
    exported: '4990.50',
    tooPrecise: 4990.505,
  },
  {
    code: 'ISK',
    cell: '4.990 kr',
    rate: '0.11',
    shippingFlat: '1000',
    price: 4990,
    shipping: 1000,
    tax: 549,
    total: 6539,
    shown: { price: 'ISK 4,990', tax: 'ISK 549', total: 'ISK 6,539', band: 'ISK 3,000' },
    exported: '4990',
    tooPrecise: 4990.5,
  },
]

const SOURCE = { actor: 'test', file: 'books.csv' }
const HEADER = ['book_id', 'title', 'author', 'category', 'price', 'stock']

/** A file of one book, with decimal commas where the cell is written in the way of such a country. */
const importFile = async ({ deps }: Site, cell: string): Promise<void> => {
  const file = join(temporaryFolder(), 'books.csv')
  const delimiter = cell.includes(' ') ? ';' : ','
  const record = ['fc-08', 'A Book', 'Anna Tester', 'Fieldcase', cell, '5']
  writeFileSync(file, `${HEADER.join(delimiter)}\n${record.join(delimiter)}\n`)
  const feed = await openFeed(file)
  for await (const outcome of importBooks(deps, feed.rows(), {
    source: SOURCE,
    decimalComma: feed.decimalComma,
  }))
    expect(outcome).toMatchObject({ kind: 'new', warnings: [] })
}

const exportText = async ({ deps }: Site): Promise<string> => {
  let text = ''
  for await (const piece of exportBooks(deps, 'csv')) text += piece
  return text
}

/** The text of a page as this shopper sees it, with plain blanks. */
const pageText = async ({ fetch, url }: Site, path: string, who?: Shopper): Promise<string> => {
  const cookie = who?.cookie()
  const answer = await fetch(new Request(url + path, { headers: cookie ? { cookie } : {} }))
  expect(answer.status, path).toBe(200)
  return (await answer.text()).replaceAll(/<!-- -->/g, '').replaceAll('\u00a0', ' ')
}

const postPrice = async ({ fetch, url }: Site, who: Shopper, price: string): Promise<number> => {
  const answer = await fetch(
    new Request(`${url}/staff/books/fc-08`, {
      method: 'POST',
      headers: { cookie: who.cookie() ?? '', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ intent: 'price', price }),
    }),
  )
  return answer.status
}

test.each(CASES)('a shop in $code imports, shows, sells and exports amounts in its minor unit', async one => {
  const { code, price, shipping, tax, total, shown } = one
  const site = await startSite({
    books: [],
    env: { CURRENCY: code, TAX_RATE: one.rate, SHIPPING_FLAT: one.shippingFlat },
  })
  await importFile(site, one.cell)
  await site.deps.liveIndex.compare()
  const guest = site.visitor()
  expect((await guest.get('/api/books/fc-08')).body.price).toBe(price)
  expect(await exportText(site)).toContain(`,${one.exported},`)
  const bookPage = await pageText(site, '/books/fc-08/a-book')
  expect(bookPage).toContain(shown.price)
  expect(bookPage).toContain(`"price":"${one.exported}","priceCurrency":"${code}"`)
  expect(await pageText(site, '/search?q=book')).toContain(shown.price)

  const { body: cart } = await guest.post('/api/cart/items', { book_id: 'fc-08' })
  expect(cart).toMatchObject({ total_amount: price, tax, shipping, total, currency: code })
  for (const path of ['/cart', '/checkout'])
    for (const text of Object.values({ ...shown, band: '' }))
      expect(await pageText(site, path, guest), path).toContain(text)

  const placeOrder = (expected_total: number): Promise<Answer> =>
    guest.post('/api/orders', orderFor(cart, { expected_total }), { 'idempotency-key': crypto.randomUUID() })
  expect((await placeOrder(total + one.tooPrecise - price)).body.code).toBe('invalid_request')
  expect((await placeOrder(total + 1)).body).toMatchObject({ code: 'price_changed', quote: { total } })
  const { body: order } = await placeOrder(total)
  const amounts = { subtotal: price, tax, shipping, total, currency: code }
  expect(order).toMatchObject(amounts)
  const [stored] = await readItems(site, 'orders')
  expect(stored).toMatchObject({ ...amounts, items: [{ price }] })
  const orderPage = await pageText(site, `/orders/${order.order_id}`, guest)
  for (const text of [shown.price, shown.tax, shown.total]) expect(orderPage).toContain(text)
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...site.deps, transport })
  for (const text of [shown.price, shown.tax, shown.total]) expect(mails[0]?.text).toContain(text)

  const change = (value: number) => site.staff.call('PATCH', '/api/books/fc-08', { price: value })
  expect((await change(one.tooPrecise)).body).toMatchObject({ code: 'invalid_request' })
  expect((await change(price)).status).toBe(200)
  for (const wrong of ['1e3', '0x10', String(one.tooPrecise), 'free', '$1'])
    expect(await postPrice(site, site.staff, wrong), wrong).toBe(422)
  expect((await guest.get('/api/books/fc-08')).body.price).toBe(price)
  expect(site.reportedErrors).toEqual([])
})

test('price bands follow the currency', async () => {
  for (const { code, cell, rate, shippingFlat, shown } of CASES) {
    const site = await startSite({
      books: [],
      env: { CURRENCY: code, TAX_RATE: rate, SHIPPING_FLAT: shippingFlat },
    })
    await importFile(site, cell)
    await importMore(site)
    await site.deps.liveIndex.compare()
    const { body } = await site.visitor().get('/api/books?category=Fieldcase')
    expect(body.facets.price.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(2)
    const page = await pageText(site, '/search?q=book')
    expect(page, code).toContain(shown.band)
    const band = body.facets.price.find(({ count }: { count: number }) => count > 0).value
    expect(await pageText(site, `/search?q=book&price=${band}`), code).toContain('/books/fc-0')
  }
})

/** A book that costs a hundred times the price level, so that it is in another band. */
const importMore = async ({ deps }: Site): Promise<void> => {
  const file = join(temporaryFolder(), 'more.csv')
  writeFileSync(
    file,
    'book_id,title,author,category,price,stock\nfc-09,Dear Book,Anna Tester,Fieldcase,90000,5\n',
  )
  const feed = await openFeed(file)
  for await (const outcome of importBooks(deps, feed.rows(), { source: SOURCE }))
    expect(outcome.kind).toBe('new')
}
