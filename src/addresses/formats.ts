/**
 * Countries and how an address is written in each of them: which parts, in which order, and which of them are required. The
 * table is made from Google's address metadata (`tools/addresses`).
 */
import formats from '../../data/address-formats.json' with { type: 'json' }

/** Parts of a format: name, street address, city, state, postal code. Other characters are printed as they are; `%n` ends a line. */
export type CountryFormat = {
  readonly format: string
  /** The format of an address in Latin letters, where it is another. */
  readonly latin?: string
  /** Letters of the required parts: A street, C city, S state, Z postal code. */
  readonly required: string
  /** Regular expression of a postal code, without anchors. */
  readonly postal_code?: string
  /** A postal code as it is written there. */
  readonly example?: string
  /** What is printed before a postal code, such as `SE-`. */
  readonly prefix?: string
  /** What the country calls its states, such as `province`. */
  readonly state_type?: string
  readonly postal_code_type?: string
  readonly city_type?: string
}

const FORMATS: Readonly<Record<string, CountryFormat>> = formats

/** ISO 3166-1 codes of all countries and territories, and XK of Kosovo, which carriers use. */
export const COUNTRY_CODES: readonly string[] = Object.keys(FORMATS)

/** The format of a country. Undefined for a text that is no country's code. */
export const findFormat = (country: string): CountryFormat | undefined =>
  Object.hasOwn(FORMATS, country) ? FORMATS[country] : undefined

const names = new Intl.DisplayNames('en-US', { type: 'region' })

/** `DE` as 'Germany'; a text that is no country's code stays as it is. */
export const countryName = (country: string): string =>
  findFormat(country) ? (names.of(country) ?? country) : country
