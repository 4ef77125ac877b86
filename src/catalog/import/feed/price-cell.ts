/** Price cell parser. An amount in another currency than the shop's is a problem: the shop does not convert. */
import { type Cents, parseDecimal } from '../../../core/money.ts'
import { type Parsed, plainNumber, stripSpreadsheetQuoting } from './cell.ts'

const MAX_PRICE = 10_000_000
const NO_PRICE = { problem: 'must be a price, for example 12.50' }

/** The currencies that a mark beside an amount can mean; several countries write $, £, ¥ and kr. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'ARS', 'CLP', 'COP', 'BBD', 'JMD', 'TTD'],
  us$: ['USD'],
  ca$: ['CAD'],
  c$: ['CAD'],
  a$: ['AUD'],
  au$: ['AUD'],
  nz$: ['NZD'],
  hk$: ['HKD'],
  s$: ['SGD'],
  mx$: ['MXN'],
  nt$: ['TWD'],
  r$: ['BRL'],
  '€': ['EUR'],
  euro: ['EUR'],
  '£': ['GBP', 'EGP', 'LBP', 'SYP', 'GIP', 'FKP', 'SHP'],
  '¥': ['JPY', 'CNY'],
  '￥': ['JPY', 'CNY'],
  円: ['JPY'],
  元: ['CNY', 'TWD'],
  '₩': ['KRW'],
  '₹': ['INR'],
  rs: ['INR', 'PKR', 'LKR', 'NPR', 'MUR'],
  kr: ['SEK', 'NOK', 'DKK', 'ISK'],
  fr: ['CHF'],
  sfr: ['CHF'],
  zł: ['PLN'],
  kč: ['CZK'],
  ft: ['HUF'],
  lei: ['RON', 'MDL'],
  лв: ['BGN'],
  '₽': ['RUB'],
  '₴': ['UAH'],
  '₺': ['TRY'],
  '₪': ['ILS'],
  '฿': ['THB'],
  '₫': ['VND'],
  '₱': ['PHP'],
  '₦': ['NGN'],
  r: ['ZAR'],
}
const CODES = new Set(Intl.supportedValuesOf('currency'))

/** The currencies that a code or sign can mean; undefined for any other text. */
export const currenciesOf = (mark: string): readonly string[] | undefined => {
  const code = mark.toUpperCase()
  return CODES.has(code) ? [code] : MARKS[mark.toLowerCase().replace(/\.$/, '')]
}

/** What is wrong with an amount in these currencies; undefined when the shop may sell in one of them. */
export const currencyProblem = (
  currencies: readonly string[],
  shopCurrency: string | undefined,
): string | undefined =>
  shopCurrency === undefined || currencies.includes(shopCurrency)
    ? undefined
    : `is in ${currencies.slice(0, 2).join(' or ')}, but this shop sells in ${shopCurrency}: convert it first`

export const readPriceCell = (
  cell: string,
  decimalComma: boolean,
  shopCurrency?: string,
): Parsed<Cents> | undefined => {
  const text = stripSpreadsheetQuoting(cell)
  const [, before = '', number = '', after = ''] =
    /^([^\d+-]*?)([+-]?[.,]?\d(?:.*\d)?)(\D*)$/s.exec(text) ?? []
  for (const mark of [before.trim(), after.replace(/[.,]?\s*[-–—]+\s*$/, '').trim()]) {
    if (mark === '') continue
    const currencies = currenciesOf(mark)
    if (!currencies) return NO_PRICE
    const problem = currencyProblem(currencies, shopCurrency)
    if (problem !== undefined) return { problem }
  }
  const plain = plainNumber(number, decimalComma)
  const amount = plain === undefined ? undefined : parseDecimal(plain)
  if (amount === undefined) return NO_PRICE
  if (amount < 0 || amount > MAX_PRICE) return { problem: 'must be between 0 and 100000' }
  return amount === 0 ? { value: amount, remark: 'means that the book is free' } : { value: amount }
}
