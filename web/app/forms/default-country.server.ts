/** Default country of address forms, by the shop's currency. */
const COUNTRY_BY_CURRENCY: Readonly<Record<string, string>> = {
  USD: 'US',
  GBP: 'GB',
  CAD: 'CA',
  AUD: 'AU',
  CHF: 'CH',
  JPY: 'JP',
}

/** ISO 3166-1 code, or '' if several countries use the currency. */
export const countryForCurrency = (currency: string): string => COUNTRY_BY_CURRENCY[currency] ?? ''
