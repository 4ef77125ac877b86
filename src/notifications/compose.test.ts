import { expect, test } from 'vitest'
import { currency } from '../../test/currencies.ts'
import { anOrder, createMailCapture, createMailShop } from '../../test/mail.ts'
import { type MinorUnits, minorUnits } from '../core/money.ts'
import { DEFAULT_PROFILE } from '../core/shop-profile.ts'
import { orderNumber } from '../orders/number.ts'
import type { Order } from '../orders/schema.ts'
import { mailHtml } from './html.ts'
import { orderCancelled } from './mails/order-cancelled.ts'
import { orderConfirmed } from './mails/order-confirmed.ts'
import { orderLink } from './mails/order-link.ts'
import { orderShipped } from './mails/order-shipped.ts'
import type { Mail } from './schema.ts'
import { mailText } from './text.ts'
import { sendDueMail } from './worker.ts'

const SHOP = { ...DEFAULT_PROFILE, publicUrl: 'https://shop.example' }
const TOKEN = 'T'.repeat(43)
const URL_OF_ORDER = `https://shop.example/orders/order-1/view?token=${TOKEN}`
const everyMail = (order: Order) => [
  orderConfirmed(order, SHOP, URL_OF_ORDER),
  orderShipped(order, SHOP, URL_OF_ORDER),
  orderCancelled(order, SHOP, URL_OF_ORDER),
  orderLink(order, SHOP, TOKEN, 30),
]

/** The mail that the shop sends for the confirmation of this order. */
const mailFor = async (changes: Partial<Order>): Promise<Mail> => {
  const shop = await createMailShop()
  await shop.place(changes)
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  const [mail] = mails
  if (!mail) throw new Error('no mail was sent')
  return mail
}

test('the confirmation of the specification’s sample order shows its amounts, address and payment', async () => {
  const mail = await mailFor({})
  const words = ['1 × Clean Code', '$42.99', '$3.44', '$5.99', '$52.42', '123 Main St', 'Anytown, ST 12345']
  const number = orderNumber(mail.id.split('#')[0] ?? '')
  for (const word of [...words, 'United States', 'Pay by invoice', number]) {
    expect(mail.html).toContain(word)
    expect(mail.text).toContain(word)
  }
  expect(mail.text).toMatch(/^Subtotal .*\nTax .*\nShipping .*\nTotal +\$52\.42$/m)
  expect(mail.text).toContain('Delivery time: 3 to 7 business days.')
  expect(mail.subject).toBe(`Order confirmed: ${number}`)
})

test('the address stands in the order of its country, with the recipient first', async () => {
  const { text } = await mailFor({
    shipping_address: {
      name: 'Erika Mustermann',
      street: 'Lindenstr. 1',
      city: 'Berlin',
      postal_code: '10969',
      country: 'DE',
    },
  })
  expect(text).toContain('  Erika Mustermann\n  Lindenstr. 1\n  10969 Berlin\n  Germany\n')
})

test('each line shows the price of all its copies, and the lines add up to the subtotal', () => {
  const items = [
    { book_id: 'a', title: 'A', price: minorUnits(1999), quantity: 3 },
    { book_id: 'b', title: 'B', price: minorUnits(5), quantity: 20 },
  ]
  const text = mailText(
    orderConfirmed(
      anOrder({ items, amounts: { subtotal: minorUnits(6097), total: minorUnits(7184) } }),
      SHOP,
      URL_OF_ORDER,
    ),
    SHOP,
  )
  expect(text).toMatch(/3 × A +\$59\.97/)
  expect(text).toMatch(/20 × B +\$1\.00/)
  expect(text).toMatch(/Subtotal +\$60\.97/)
})

test.each([
  ['EUR', 5242, '€52.42'],
  ['JPY', 1857, '¥1,857'],
  ['KWD', 5242, 'KWD 5.242'],
  ['HUF', 524_200, 'HUF 5,242.00'],
  ['ISK', 5242, 'ISK 5,242'],
  ['JPY', 1857.5, '¥1,857.5'],
])('amounts in %s have the decimals of its minor unit, and those that are stored', (code, total, shown) => {
  const order = anOrder({ currency: currency(code), amounts: { total: total as MinorUnits } })
  expect(mailText(orderConfirmed(order, SHOP, URL_OF_ORDER), SHOP)).toContain(shown)
})

test('an order of another client, with a total alone, has its mails too', () => {
  const { shipping_address: _, ...rest } = anOrder()
  const bare = { ...rest, amounts: { total: minorUnits(5242) } }
  for (const letter of everyMail(bare)) expect(mailText(letter, SHOP)).not.toMatch(/undefined|NaN/)
  expect(mailText(orderConfirmed(bare, SHOP, URL_OF_ORDER), SHOP)).toMatch(/Total +\$52\.42/)
})

test('a confirmation that is sent after the cancellation says so', async () => {
  const { text } = await mailFor({ status: 'cancelled' })
  expect(text).toContain('it has been canceled since')
  expect(text).not.toContain('invoice')
})

const EVIL = '</td><script>alert(1)</script><img src=https://spy.example/x.png onerror="x()">\'&'

test('text that customers entered is escaped in the HTML of a mail', async () => {
  const order = anOrder({
    items: [{ book_id: 'a', title: EVIL, price: minorUnits(100), quantity: 1 }],
    shipping_address: { street: EVIL, city: EVIL, state: EVIL, postal_code: EVIL, country: EVIL },
  })
  const clean = anOrder({ items: [{ book_id: 'a', title: 'A', price: minorUnits(100), quantity: 1 }] })
  const tags = (page: string) => page.match(/<[a-z/][^>]*>/gi) ?? []
  for (const [i, letter] of everyMail(order).entries()) {
    const page = await mailHtml(letter, SHOP)
    expect(page).not.toMatch(/<script|<img/)
    const plain = everyMail(clean)[i]
    if (!plain) throw new Error('there must be as many mails')
    expect(new Set(tags(page))).toEqual(new Set(tags(await mailHtml(plain, SHOP))))
  }
})

test('mails load nothing from a server: no images, scripts, styles or fonts', async () => {
  for (const letter of everyMail(anOrder())) {
    const page = await mailHtml(letter, SHOP)
    expect(page).not.toMatch(/<(img|script|link|iframe|object|form)\b|url\(|@import|src=/i)
    const [home, ofOrder, ...others] = page.match(/https?:\/\/[^"<\s]+/g) ?? []
    expect([home, others]).toEqual(['https://shop.example', []])
    expect([URL_OF_ORDER, `https://shop.example/orders/open?token=${TOKEN}`]).toContain(ofOrder)
    expect(page).toContain('prefers-color-scheme: dark')
  }
})

test('a title with line breaks, control or bidirectional characters is a single plain line', async () => {
  const title = 'A\r\nBcc: x@example.com\r\n\r\n-- \nTotal\t$0.01\u2028\u0000\u202eEvil'
  const { text, html } = await mailFor({
    items: [{ book_id: 'a', title, price: minorUnits(100), quantity: 1 }],
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  for (const form of [text, html]) expect(form).not.toMatch(/[\r\u0000\u2028\u202e\t]/)
  expect(text).not.toMatch(/^(Bcc|Total.*0\.01)/m)
  expect(text).toContain('1 × A Bcc: x@example.com -- Total $0.01 Evil')
})

test('a very long title, or one with half a character, is truncated', () => {
  const order = anOrder({
    items: [{ book_id: 'a', title: `${'😀'.repeat(5_000)}\ud800`, price: minorUnits(100), quantity: 1 }],
  })
  for (const letter of everyMail(order)) {
    const text = mailText(letter, SHOP)
    expect(text.length).toBeLessThan(2_000)
    expect(text.isWellFormed()).toBe(true)
  }
})

test('a mail is headed by the shop’s name and ends with the business, its address and how to reach it', async () => {
  const shop = {
    ...SHOP,
    name: 'Corner Books',
    legalName: 'Corner & Sons Ltd.',
    address: ['1 Library Lane', 'Anytown, NY 12345'],
    email: 'hello@corner.example',
    phone: '+1 555 0123',
  }
  const content = orderConfirmed(anOrder(), shop, URL_OF_ORDER)
  const [text, page] = [mailText(content, shop), await mailHtml(content, shop)]
  expect(text).toMatch(
    /\n-- \nCorner & Sons Ltd\.\n1 Library Lane\nAnytown, NY 12345\nhello@corner\.example\n\+1 555 0123\n$/,
  )
  expect(page).toMatch(
    /Corner Books<[\s\S]*Thank you for your order[\s\S]*Corner &amp; Sons Ltd\.<br>1 Library Lane<br>/,
  )
  for (const form of [text, page]) expect(form).not.toContain('CloudShelf')
})

test('a mail shows the day of an order in the shop’s time zone', () => {
  const placed = (order: Order, timeZone: string) => {
    const shop = { ...SHOP, timeZone }
    return /Placed on (.*)/.exec(mailText(orderShipped(order, shop, URL_OF_ORDER), shop))?.[1]
  }
  const late = anOrder({ order_date: '2026-03-01', created_at: '2026-03-01T23:30:00.000Z' })
  expect(placed(late, 'UTC')).toBe('March 1, 2026')
  expect(placed(late, 'Europe/Berlin')).toBe('March 2, 2026')
  // Another client's order has the day that it says.
  const foreign = anOrder({ order_date: '2026-03-01', created_at: '2026-03-01T23:30:00' })
  expect(placed(foreign, 'Pacific/Honolulu')).toBe('March 1, 2026')
})
