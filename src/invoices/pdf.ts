/** PDF of an invoice or a credit note, made from its snapshot alone. */
import { AMOUNT_LABELS } from '../cart/amounts.ts'
import { storedCurrency } from '../core/currency.ts'
import { formatDay } from '../core/days.ts'
import { formatMoney } from '../core/format-money.ts'
import { type MinorUnits, minorUnits, toDecimal } from '../core/money.ts'
import { type Cell, createPdf, LEFT, RIGHT, type Sheet, type TextStyle } from './pdf-page.ts'
import type { Bill, CreditNote, StoredInvoice } from './schema.ts'

const LOCALE = 'en-US'
const FULL = RIGHT - LEFT
/** The column of amounts, and that of their labels. */
const AMOUNT = 82
const LABEL = 150
const SMALL = { size: 8.5, soft: true } as const

const METHODS: Readonly<Record<Bill['payment']['method'], string>> = {
  invoice: 'by invoice',
  collection: 'in the shop',
  transfer: 'by bank transfer',
  stripe: 'online',
}

const day = (text: string): string => formatDay(text, LOCALE, 'UTC')

const moneyIn =
  ({ currency }: Pick<StoredInvoice, 'currency'>) =>
  (amount: MinorUnits): string =>
    formatMoney(toDecimal(amount, storedCurrency(currency)), currency, LOCALE)

/** A text across the page. */
const full = (text: string, style: TextStyle = {}): Cell => ({ text, x: LEFT, width: FULL, ...style })

/** A label and an amount at the right. */
const amountRow = (label: string, amount: string, style: TextStyle = {}): Cell[] => [
  { text: label, x: RIGHT - AMOUNT - LABEL, width: LABEL, align: 'right', ...style },
  { text: amount, x: RIGHT - AMOUNT, width: AMOUNT, align: 'right', ...style },
]

const drawHead = (sheet: Sheet, invoice: StoredInvoice, title: string): void => {
  const { seller, recipient } = invoice
  sheet.row([full(seller.name, { size: 14, bold: true })], 'P', 1)
  const contact = [...seller.address, seller.email, seller.phone].filter(one => one !== undefined)
  for (const line of contact) sheet.row([full(line, SMALL)], 'P', 0)
  if (seller.tax_id !== undefined) sheet.row([full(`Tax ID: ${seller.tax_id}`, SMALL)], 'P', 0)
  sheet.y += 30
  const start = sheet.y
  for (const line of recipient) sheet.row([{ ...full(line, { size: 10.5 }), width: FULL * 0.55 }], 'P', 1)
  sheet.y = Math.max(sheet.y, start + 60) + 24
  sheet.row([full(title, { size: 20, bold: true })], 'H1', 10)
}

const drawFacts = (sheet: Sheet, facts: readonly (readonly [label: string, value: string | undefined])[]) => {
  for (const [label, value] of facts)
    if (value !== undefined)
      sheet.row(
        [
          { text: label, x: LEFT, width: 110, soft: true },
          { text: value, x: LEFT + 110, width: FULL - 110 },
        ],
        'P',
        2,
      )
  sheet.y += 16
}

const COLUMNS = { quantity: 55, price: AMOUNT, amount: AMOUNT } as const
const TITLE = FULL - COLUMNS.quantity - COLUMNS.price - COLUMNS.amount - 10

const lineCells = (
  [title, quantity, price, amount]: readonly [string, string, string, string],
  style: TextStyle,
): Cell[] => [
  { text: title, x: LEFT, width: TITLE, ...style },
  {
    text: quantity,
    x: RIGHT - COLUMNS.amount - COLUMNS.price - COLUMNS.quantity,
    width: COLUMNS.quantity,
    align: 'right',
    ...style,
  },
  { text: price, x: RIGHT - COLUMNS.amount - COLUMNS.price, width: COLUMNS.price, align: 'right', ...style },
  { text: amount, x: RIGHT - COLUMNS.amount, width: COLUMNS.amount, align: 'right', ...style },
]

/** What is taxed at which rate, as tax law wants it on an invoice. */
const drawTaxes = (sheet: Sheet, invoice: StoredInvoice): void => {
  const money = moneyIn(invoice)
  sheet.y += 8
  for (const { rate, net, tax } of invoice.taxes)
    if (net > 0 || tax > 0)
      sheet.row(
        [full(`Tax ${rate} %: ${money(tax)} on ${money(net)} net`, { ...SMALL, align: 'right' })],
        'P',
        0,
      )
  sheet.y += 18
}

const paymentTexts = (bill: Bill): string[] => {
  const money = moneyIn(bill)
  const { method, paid, due, due_on, bank_details } = bill.payment
  const by = METHODS[method]
  return [
    ...(paid > 0 ? [`Paid ${by}: ${money(paid)}. Thank you.`] : []),
    ...(due > 0
      ? [`To be paid ${by}: ${money(due)}${due_on === undefined ? '' : `, due ${day(due_on)}`}.`]
      : []),
    ...(paid === 0 && due === 0 ? ['There is nothing to pay.'] : []),
    ...(due > 0 && method !== 'collection' && bank_details.length > 0
      ? [`Please transfer it to: ${bank_details.join(', ')}`, `Reference: ${bill.number}`]
      : []),
  ]
}

const drawBill = (sheet: Sheet, bill: Bill): void => {
  const money = moneyIn(bill)
  drawHead(sheet, bill, 'Invoice')
  drawFacts(sheet, [
    ['Invoice number', bill.number],
    ['Invoice date', day(bill.issued_on)],
    ['Order', `${bill.order_number}, placed ${day(bill.ordered_on)}`],
    ['Shipped', bill.shipped_on === undefined ? undefined : day(bill.shipped_on)],
  ])
  sheet.table(
    lineCells(['Description', 'Quantity', 'Price', 'Amount'], SMALL),
    bill.lines.map(({ title, quantity, price, amount }) =>
      lineCells([title, String(quantity), money(price), money(amount)], {}),
    ),
  )
  const texts = paymentTexts(bill)
  // Amounts, taxes and payment stay on one page.
  sheet.keep(18 * (bill.amounts.length + bill.taxes.length + texts.length) + 26)
  for (const { label, amount } of bill.amounts) {
    const isTotal = label === AMOUNT_LABELS.total
    sheet.row(amountRow(label, money(amount), isTotal ? { bold: true, size: 11 } : {}))
  }
  drawTaxes(sheet, bill)
  for (const text of texts) sheet.row([full(text)])
}

const drawCreditNote = (sheet: Sheet, note: CreditNote): void => {
  const money = moneyIn(note)
  const tax = minorUnits(note.taxes.reduce((all, one) => all + one.tax, 0))
  drawHead(sheet, note, 'Credit note')
  drawFacts(sheet, [
    ['Credit note number', note.number],
    ['Date', day(note.issued_on)],
    ['Corrects invoice', `${note.invoice.number} of ${day(note.invoice.issued_on)}`],
    ['Order', note.order_number],
  ])
  const reason =
    note.refund_id === undefined
      ? 'The order was canceled before it was paid.'
      : `We have refunded ${money(note.total)} of this invoice${note.lines.length > 0 ? ' for:' : '.'}`
  sheet.row([full(reason)])
  for (const { title, quantity } of note.lines) sheet.row([full(`${quantity} × ${title}`)], 'P', 1)
  sheet.y += 10
  sheet.rule()
  sheet.row(amountRow('Net', money(minorUnits(note.total - tax))))
  sheet.row(amountRow(AMOUNT_LABELS.tax, money(tax)))
  sheet.row(amountRow('Credit', money(note.total), { bold: true, size: 11 }))
  drawTaxes(sheet, note)
}

/** The PDF of a document: the same bytes each time. */
export const invoicePdf = (invoice: StoredInvoice): Promise<Uint8Array<ArrayBuffer>> => {
  const { kind, number, seller, issued_at } = invoice
  const title = `${kind === 'invoice' ? 'Invoice' : 'Credit note'} ${number}`
  return createPdf({ title, created: new Date(issued_at) }, sheet => {
    if (invoice.kind === 'invoice') drawBill(sheet, invoice)
    else drawCreditNote(sheet, invoice)
    sheet.end([`${title}`, seller.name, ...seller.address].join(' · '))
  })
}
