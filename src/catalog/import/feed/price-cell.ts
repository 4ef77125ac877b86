/** Price cell parser. An amount in another currency than the shop's is a problem: the shop does not convert. */
import { type Currency, decimalsOf } from '../../../core/currency.ts'
import { examplePrice, fromDecimal, isWhole, type MinorUnits } from '../../../core/money.ts'
import { maxPrice } from '../../price.ts'
import { type Parsed, plainNumber, stripSpreadsheetQuoting } from './cell.ts'

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
export const currencyProblem = (currencies: readonly string[], { code }: Currency): string | undefined =>
  currencies.includes(code)
    ? undefined
    : `is in ${currencies.slice(0, 2).join(' or ')}, but this shop sells in ${code}: convert it first`

export const readPriceCell = (
  cell: string,
  decimalComma: boolean,
  currency: Currency,
): Parsed<MinorUnits> | undefined => {
  const noPrice = { problem: `must be a price, for example ${examplePrice(currency)}` }
  const text = stripSpreadsheetQuoting(cell)
  const [, before = '', number = '', after = ''] =
    /^([^\d+-]*?)([+-]?[.,]?\d(?:.*\d)?)(\D*)$/s.exec(text) ?? []
  for (const mark of [before.trim(), after.replace(/[.,]?\s*[-–—]+\s*$/, '').trim()]) {
    if (mark === '') continue
    const currencies = currenciesOf(mark)
    if (!currencies) return noPrice
    const problem = currencyProblem(currencies, currency)
    if (problem !== undefined) return { problem }
  }
  // Where the comma is the decimal sign and there are no decimals, a point can only group digits.
  const isGrouped = decimalComma && currency.decimals === 0 && /^[1-9]\d{0,2}(\.\d{3})+$/.test(number)
  const plain = isGrouped ? number.replaceAll('.', '') : plainNumber(number, decimalComma)
  // In a currency of three decimals 1,500 can be a thousand and a half, or one and a half.
  if (currency.decimals > 2 && /^[1-9]\d{0,2},\d{3}$/.test(number))
    return { problem: 'is ambiguous: write it without a comma, for example 1.500 or 1500' }
  if (plain === undefined || !/^-?\d+(\.\d*)?$/.test(plain)) return noPrice
  const price = Number(plain)
  if (price < 0 || price > maxPrice(currency))
    return { problem: `must be between 0 and ${maxPrice(currency)}` }
  const amount = fromDecimal(price, currency)
  if (!isWhole(amount))
    return { problem: `must have ${decimalsOf(currency)}, because the shop sells in ${currency.code}` }
  return amount === 0 ? { value: amount, remark: 'means that the book is free' } : { value: amount }
}
