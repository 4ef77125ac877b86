/**
 * Amounts as Stripe counts them, from a table of our own: Stripe's units differ from ISO 4217 for some currencies, and a factor that is
 * guessed charges a hundred times too much. Source: docs.stripe.com/currencies (zero-decimal, three-decimal and special
 * currencies, smallest and largest charges), as of 2026-11-30.
 *
 * - Zero-decimal currencies are sent as they are: ¥500 is 500. MGA, which has two decimals in ISO 4217, has none at Stripe.
 * - ISK and UGX have no decimals, and are sent times 100 all the same: 5 ISK is 500.
 * - HUF and TWD are charged with their two decimals; only payouts to the bank are in whole forints and dollars.
 * - BHD, JOD, KWD, OMR and TND have three decimals, of which the last must be 0.
 */
import type { Currency } from '../../core/currency.ts'
import { formatMoney } from '../../core/format-money.ts'
import { type MinorUnits, minorUnits, toDecimal, toDecimalText } from '../../core/money.ts'
import { ProviderRefused } from '../provider.ts'

const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const THREE_DECIMAL = new Set('BHD JOD KWD OMR TND'.split(' '))
const TWO_DECIMAL = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK DKK DOP ' +
    'DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR LRD ' +
    'LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR ' +
    'SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD XCG YER ZAR ZMW'
  ).split(' '),
)

/** The smallest charges, in Stripe's units. For other currencies it depends on the account's own currency; Stripe decides. */
const SMALLEST: Readonly<Record<string, number>> = {
  ...{
    USD: 50,
    AED: 200,
    ARS: 50,
    AUD: 50,
    BRL: 50,
    CAD: 50,
    CHF: 50,
    COP: 50,
    CZK: 1500,
    DKK: 250,
    EUR: 50,
  },
  ...{ GBP: 30, HKD: 400, HUF: 17_500, IDR: 50, ILS: 50, INR: 50, JPY: 50, KRW: 50, MXN: 1000, MYR: 200 },
  ...{ NOK: 300, NZD: 50, PHP: 50, PLN: 200, RON: 200, RUB: 50, SEK: 300, SGD: 50, THB: 1000, ZAR: 50 },
}

/** The largest charge to a card, in Stripe's units of any currency: 12 digits. */
const LARGEST = 999_999_999_999

/** Decimals of a currency at Stripe; undefined for one that Stripe does not serve. */
const stripeDecimals = ({ code }: Currency): number | undefined => {
  if (ZERO_DECIMAL.has(code)) return 0
  if (TWO_DECIMAL.has(code)) return 2
  return THREE_DECIMAL.has(code) ? 3 : undefined
}

/** Units of Stripe as a fraction of minor units: 100 for ISK, 0.01 for MGA, 1 for nearly all. */
const factorOf = (currency: Currency): number => {
  const decimals = stripeDecimals(currency)
  if (decimals === undefined) throw new ProviderRefused(`Stripe does not serve ${currency.code}`)
  return 10 ** (decimals - currency.decimals)
}

/** The smallest amount, in minor units, of which every charge is a multiple: 10 fils, 100 cents of an ariary. */
const stepOf = (currency: Currency): number =>
  THREE_DECIMAL.has(currency.code) ? 10 : Math.max(1, 1 / factorOf(currency))

/** An amount in Stripe's units. Throws ProviderRefused for one that Stripe cannot express. */
export const toStripe = (amount: MinorUnits, currency: Currency): number => {
  const factor = factorOf(currency)
  if (amount % stepOf(currency) !== 0)
    throw new ProviderRefused(
      `Stripe cannot charge or give back ${toDecimalText(amount, currency)} ${currency.code}`,
    )
  return factor < 1 ? amount / (1 / factor) : amount * factor
}

/** An amount of Stripe's in minor units. Throws ProviderRefused for one that the currency does not have, such as 5.5 ISK. */
export const fromStripe = (amount: number, currency: Currency): MinorUnits => {
  const factor = factorOf(currency)
  const own = factor < 1 ? amount * (1 / factor) : amount / factor
  if (!Number.isSafeInteger(own))
    throw new ProviderRefused(`an amount at Stripe has decimals that ${currency.code} does not have`)
  return minorUnits(own)
}

/** Why Stripe cannot charge this amount, as a sentence for the shopper; undefined where it can. */
export const explainRefusal = (amount: MinorUnits, currency: Currency): string | undefined => {
  const { code } = currency
  if (stripeDecimals(currency) === undefined) return `Card payments are not available in ${code}.`
  const text = (own: MinorUnits) => formatMoney(toDecimal(own, currency), code, 'en-US')
  const step = minorUnits(stepOf(currency))
  if (amount % step !== 0) return `Card payments must be a multiple of ${text(step)}.`
  const units = toStripe(amount, currency)
  const smallest = SMALLEST[code] ?? toStripe(step, currency)
  if (units < smallest) return `Card payments start at ${text(fromStripe(smallest, currency))}.`
  return units > LARGEST ? 'This total is too large for a card payment.' : undefined
}

/** What to do about a currency that Stripe cannot serve at all, for the start of the shop; undefined where it can. */
export const explainUnservedCurrency = (currency: Currency): string | undefined =>
  stripeDecimals(currency) === undefined
    ? `Stripe cannot charge ${currency.code}: set CURRENCY to a currency of docs.stripe.com/currencies, or switch Stripe off by removing STRIPE_SECRET_KEY`
    : undefined
