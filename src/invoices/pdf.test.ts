import { extractText, getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { times } from '../../test/buyers.ts'
import { minorUnits } from '../core/money.ts'
import { invoicePdf } from './pdf.ts'
import { createPdf } from './pdf-page.ts'
import type { Bill, CreditNote } from './schema.ts'

const cents = minorUnits

const common = {
  order_id: 'order-1',
  n: 1,
  number: '2026-000123',
  issued_at: '2026-11-30T10:00:00.000Z',
  issued_on: '2026-11-30',
  currency: 'EUR',
  order_number: '7K3M2-QX8VD',
  seller: { name: 'Knihkupectví Čapková', address: ['Lindenstr. 1', '10969 Berlin'], tax_id: 'DE123456789' },
  recipient: ['Nguyễn Thị Ánh', 'Οδός Ελένη 5'],
  taxes: [
    { rate: '7', net: cents(10_000), tax: cents(700) },
    { rate: '0', net: cents(599), tax: cents(0) },
  ],
  total: cents(11_299),
  expires_at: 0,
}

const aBill = (changes: Partial<Bill> = {}): Bill => ({
  ...common,
  kind: 'invoice',
  ordered_on: '2026-11-28',
  shipped_on: '2026-11-30',
  lines: [{ title: 'Война и мир', quantity: 2, price: cents(5_000), amount: cents(10_000) }],
  amounts: [
    { label: 'Subtotal', amount: cents(10_000) },
    { label: 'Total', amount: cents(11_299) },
  ],
  payment: {
    method: 'transfer',
    paid: cents(0),
    due: cents(11_299),
    due_on: '2026-12-14',
    bank_details: ['Corner Books Ltd.', 'IBAN DE02 1203 0000 0000 2020 51'],
  },
  ...changes,
})

/** The text of each page. */
const pagesOf = async (pdf: Uint8Array): Promise<string[]> => {
  const { text } = await extractText(await getDocumentProxy(pdf.slice()), { mergePages: false })
  return text
}

test('names in Latin, Vietnamese, Greek and Cyrillic letters come out of the text as they went in', async () => {
  const decomposed = aBill({ recipient: common.recipient.map(line => line.normalize('NFD')) })
  for (const bill of [aBill(), decomposed]) {
    const [text = '', ...more] = await pagesOf(await invoicePdf(bill))
    expect(more).toEqual([])
    for (const word of ['Čapková', 'Nguyễn Thị Ánh', 'Ελένη', 'Война и мир', '2026-000123', '7K3M2-QX8VD'])
      expect(text).toContain(word)
    for (const words of ['€112.99, due December 14, 2026', 'IBAN DE02', 'Tax 7 %: €7.00 on €100.00 net'])
      expect(text).toContain(words)
    expect(text).toContain('Page 1 of 1')
  }
})

test('each letter of these scripts comes out as one letter, also where the font draws it by two', async () => {
  const blocks = [
    [0xc0, 0x24f],
    [0x384, 0x3ce],
    [0x400, 0x45f],
    [0x1ea0, 0x1ef9],
    [0x1f00, 0x1ffe],
  ] as const
  const letters = blocks
    .flatMap(([first, last]) => times(last - first + 1, i => String.fromCodePoint(first + i)))
    .filter(letter => /\p{L}/u.test(letter) && letter.normalize('NFC') === letter)
  expect(letters.length).toBeGreaterThan(800)
  const rows = times(Math.ceil(letters.length / 20), i => letters.slice(20 * i, 20 * i + 20).join(' '))
  const pdf = await createPdf({ title: 'Letters', created: new Date(0) }, sheet => {
    for (const text of rows) sheet.row([{ text, x: 60, width: 480 }])
    sheet.end('')
  })
  const text = (await pagesOf(pdf)).join(' ')
  expect(letters.filter(letter => !text.includes(letter))).toEqual([])
})

test('50 lines are on several pages, each with the head of the table and its number', async () => {
  const line = { quantity: 1, price: cents(1_299), amount: cents(1_299) }
  const lines = times(50, i => ({ ...line, title: `Kniha číslo ${i}, ${'a long title '.repeat(i % 9)}` }))
  const pages = await pagesOf(await invoicePdf(aBill({ lines })))
  expect(pages.length).toBeGreaterThan(1)
  for (const [i, text] of pages.entries()) expect(text).toContain(`Page ${i + 1} of ${pages.length}`)
  for (const { title } of lines)
    expect(pages.join(' ').replaceAll(/\s+/g, ' ')).toContain(title.split(', ')[0])
  expect(pages[1]).toContain('Description')
})

test('the same snapshot is the same file; any text is drawn', async () => {
  const bill = aBill({ recipient: ['\u202eevil\u0000', 'lone \ud800', '日本', '👋'] })
  expect(Buffer.compare(await invoicePdf(bill), await invoicePdf(bill))).toBe(0)
})

test('a credit note names its invoice, and what was refunded', async () => {
  const note: CreditNote = {
    ...common,
    number: 'CN-2026-000045',
    kind: 'credit_note',
    invoice: { number: '2026-000123', issued_on: '2026-11-30' },
    refund_id: 'refund-1',
    lines: [{ title: 'Clean Code', quantity: 2 }],
  }
  const [text] = await pagesOf(await invoicePdf(note))
  for (const words of ['CN-2026-000045', '2026-000123 of November 30, 2026', '2 × Clean Code', '€112.99'])
    expect(text).toContain(words)
})
