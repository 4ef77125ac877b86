/**
 * Countries and how an address is written in each of them: which parts, in which order, and which of them are required. The
 * table is made from Google's address metadata (`tools/addresses`).
 */
import formats from '../../data/address-formats.json' with { type: 'json' }

/** Parts of a format: name, street address, city, state, postal code. Other characters are printed as they are; `%n` ends a line. */
export type CountryFormat = {
  readonly format: string
  /** The format of an address in Latin letters, where it is another. */
  readonly latin?: string | undefined
  /** Letters of the required parts: A street, C city, S state, Z postal code. */
  readonly required: string
  /** Regular expression of a postal code, without anchors. */
  readonly postal_code?: string | undefined
  /** A postal code as it is written there. */
  readonly example?: string | undefined
  /** What is printed before a postal code, such as `SE-`. */
  readonly prefix?: string | undefined
  /** What the country calls its states, such as `province`. */
  readonly state_type?: string | undefined
  readonly postal_code_type?: string | undefined
  readonly city_type?: string | undefined
}

/** The cells of a row of the table. A row is one text, because thousands of small ones would make every function's source map longer. */
export const CELLS = [
  'format',
  'latin',
  'required',
  'postal_code',
  'example',
  'prefix',
  'state_type',
  'postal_code_type',
  'city_type',
] as const satisfies readonly (keyof CountryFormat)[]

const ROWS: Readonly<Record<string, string>> = formats

/** ISO 3166-1 codes of all countries and territories, and XK of Kosovo, which carriers use. */
export const COUNTRY_CODES: readonly string[] = Object.keys(ROWS)

/** The format of a country. Undefined for a text that is no country's code. */
export const findFormat = (country: string): CountryFormat | undefined => {
  const row = Object.hasOwn(ROWS, country) ? ROWS[country] : undefined
  if (row === undefined) return undefined
  const cells = row.split('\t')
  const cell = (name: (typeof CELLS)[number]) => cells[CELLS.indexOf(name)] || undefined
  return {
    format: cell('format') ?? '',
    latin: cell('latin'),
    required: cell('required') ?? '',
    postal_code: cell('postal_code'),
    example: cell('example'),
    prefix: cell('prefix'),
    state_type: cell('state_type'),
    postal_code_type: cell('postal_code_type'),
    city_type: cell('city_type'),
  }
}

const names = new Intl.DisplayNames('en-US', { type: 'region' })

/** `DE` as 'Germany'; a text that is no country's code stays as it is. */
export const countryName = (country: string): string =>
  Object.hasOwn(ROWS, country) ? (names.of(country) ?? country) : country
