/** The country that a form begins with, by the currency of the shop. */
const COUNTRY_BY_CURRENCY: Readonly<Record<string, string>> = {
  USD: 'US',
  GBP: 'GB',
  CAD: 'CA',
  AUD: 'AU',
  CHF: 'CH',
  JPY: 'JP',
}

/** Its ISO 3166-1 code, or '' where the currency is that of many. */
export const countryForCurrency = (currency: string): string => COUNTRY_BY_CURRENCY[currency] ?? ''
