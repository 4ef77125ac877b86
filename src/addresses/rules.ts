/** What is required of an address by its country. New addresses are checked; stored ones are read as they are. */
import { hasWebAddress, NO_WEB_ADDRESS } from '../core/web-address.ts'
import { type CountryFormat, countryName, findFormat } from './formats.ts'
import type { PostalAddress } from './schema.ts'

export type AddressPart = keyof PostalAddress
export type AddressIssue = { readonly part: AddressPart; readonly message: string }
/** Whether the recipient's name is required. */
export type Requirement = 'with name' | 'without name'

/** The specification's sample has no country: then a street, a city and a postal code of any form are an address. */
const NO_COUNTRY: CountryFormat = { format: '%N%n%A%n%C, %S %Z', required: 'ACZ' }

/** The format by which an address is checked and shown. */
export const formatOf = (country: string | undefined): CountryFormat =>
  (country === undefined ? undefined : findFormat(country)) ?? NO_COUNTRY

/** Whether addresses of the format contain a part, by its letter: C city, S state, Z postal code. */
export const hasPart = ({ format }: CountryFormat, letter: 'C' | 'S' | 'Z'): boolean =>
  format.includes(`%${letter}`)

/** A postal code that may be written with or without the letters before it (`SE-`), in any case and in full-width digits. */
const isPostalCode = ({ postal_code, prefix = '' }: CountryFormat, typed: string): boolean => {
  if (postal_code === undefined) return true
  const text = typed.normalize('NFKC').toUpperCase()
  const bare = prefix !== '' && text.startsWith(prefix) ? text.slice(prefix.length) : text
  return new RegExp(`^(?:${postal_code})$`, 'i').test(bare)
}

const postalCodeIssue = (
  format: CountryFormat,
  { postal_code, country }: PostalAddress,
): string | undefined => {
  const example = format.example === undefined ? '' : `, for example ${format.example}`
  if (postal_code === undefined) return format.required.includes('Z') ? `must be there${example}` : undefined
  if (isPostalCode(format, postal_code)) return undefined
  return `must be a postal code of ${countryName(country ?? '')}${example}`
}

/**
 * Where a country requires a state and no city, as Hong Kong its area, a city in its place will do: many customers and
 * carriers write one.
 */
const stateIssue = ({ required }: CountryFormat, { state, city }: PostalAddress): string | undefined => {
  if (state !== undefined || !required.includes('S')) return undefined
  return city !== undefined && !required.includes('C') ? undefined : 'must be there'
}

/** What strangers may write, and mails print: everything but the country and the phone, which have a form of their own. */
const FREE_TEXTS = ['name', 'street', 'line2', 'city', 'state', 'postal_code'] as const

/** Parts that contain a web address, which the mails of an order would carry to anybody. */
const webAddressIssues = (address: PostalAddress): AddressIssue[] =>
  FREE_TEXTS.flatMap(part => (hasWebAddress(address[part] ?? '') ? [{ part, message: NO_WEB_ADDRESS }] : []))

/** Why a parcel cannot be sent to this address, by its parts; empty where it can. */
export const addressIssues = (address: PostalAddress, requirement: Requirement): AddressIssue[] => {
  const { name, street, city, country } = address
  if (country !== undefined && findFormat(country) === undefined)
    return [{ part: 'country', message: 'must be the ISO 3166-1 code of a country, for example US' }]
  const format = formatOf(country)
  const found: [AddressPart, string | undefined][] = [
    ['name', name === undefined && requirement === 'with name' ? 'must be the recipient’s name' : undefined],
    ['street', street === undefined ? 'must be there' : undefined],
    ['city', city === undefined && format.required.includes('C') ? 'must be there' : undefined],
    ['state', stateIssue(format, address)],
    ['postal_code', postalCodeIssue(format, address)],
  ]
  return [
    ...found.flatMap(([part, message]) => (message === undefined ? [] : [{ part, message }])),
    ...webAddressIssues(address),
  ]
}
