/**
 * The form of an address in a country: its fields in the order of the country, with their labels and what
 * they expect.
 */
import { type CountryFormat, findFormat } from '#src/addresses/formats.ts'
import { addressIssues, formatOf } from '#src/addresses/rules.ts'
import { PostalAddress } from '#src/addresses/schema.ts'
import { statesOf } from '#src/addresses/states.ts'
import { ShopError } from '#src/core/errors.ts'
import { SHOWN_COUNTRY } from '../components/address-fields.tsx'
import { address as texts } from '../texts/address.ts'

export type AddressFieldName = Exclude<keyof PostalAddress, 'country'>
export type AddressField = {
  readonly name: AddressFieldName
  readonly label: string
  /** Message where the value is missing or cannot be used. */
  readonly error: string
  readonly isRequired: boolean
  /** Fields that stand on one line of the address, which share a row of the form. */
  readonly inRow: number
  readonly isNumeric: boolean
  /** States to choose from. */
  readonly options: readonly { readonly value: string; readonly name: string }[]
}
/** Where a parcel goes to; or an account's main address, whose name and phone are those of the account. */
export type AddressKind = 'delivery' | 'profile'
/** `country` is its ISO 3166-1 code, or '' before one is chosen. */
export type AddressForm = {
  readonly kind: AddressKind
  readonly country: string
  readonly fields: readonly AddressField[]
}
export type AddressValues = Readonly<Record<string, string>>

const FIELD_BY_TOKEN: Readonly<Record<string, readonly AddressFieldName[]>> = {
  '%N': ['name'],
  '%A': ['street', 'line2'],
  '%C': ['city'],
  '%S': ['state'],
  '%Z': ['postal_code'],
}
const ALONE: ReadonlySet<AddressFieldName> = new Set(['name', 'street', 'line2', 'phone'])

const REQUIRED_LETTER: Readonly<Record<string, string>> = { city: 'C', state: 'S', postal_code: 'Z' }

const isRequired = ({ required }: CountryFormat, name: AddressFieldName): boolean =>
  name === 'street' || required.includes(REQUIRED_LETTER[name] ?? ' ')

const labelOf = (country: string, format: CountryFormat, name: AddressFieldName): string => {
  if (name === 'city') return texts.cities[format.city_type ?? ''] ?? texts.cities.city
  if (name === 'state') return texts.states[format.state_type ?? ''] ?? texts.states.province
  if (name !== 'postal_code') return texts.labels[name]
  const known = texts.postalCodes[format.postal_code_type ?? '']
  return (
    known ??
    (texts.postcodeCountries.includes(country) ? texts.postalCodes.postcode : texts.postalCodes.postal)
  )
}

const errorOf = (label: string, format: CountryFormat, name: AddressFieldName): string => {
  if (name !== 'postal_code')
    return name in texts.errors ? texts.errors[name as keyof typeof texts.errors] : texts.enter(label)
  return texts.enterPostalCode(label, format.example)
}

/** The fields of the form, in the order in which the address is written in Latin letters. */
export const addressForm = (country: string, kind: AddressKind = 'delivery'): AddressForm => {
  const format = formatOf(country)
  const lines = (format.latin ?? format.format).split('%n')
  const options = statesOf(country)
  const fields = lines.flatMap((line): AddressField[] => {
    const names = (line.match(/%[A-Z]/g) ?? []).flatMap(token => FIELD_BY_TOKEN[token] ?? [])
    const shared = names.filter(name => !ALONE.has(name)).length
    return names.map(name => {
      const label = labelOf(country, format, name)
      return {
        name,
        label,
        error: errorOf(label, format, name),
        isRequired: name === 'name' ? kind === 'delivery' : isRequired(format, name),
        inRow: ALONE.has(name) ? 1 : shared,
        isNumeric: name === 'postal_code' && /^\d+$/.test(format.example ?? ''),
        options: name === 'state' ? options : [],
      }
    })
  })
  return {
    kind,
    country: findFormat(country) ? country : '',
    fields: kind === 'delivery' ? [...fields, PHONE] : fields,
  }
}

/** The names of the form's fields in their order. */
export const fieldNames = ({ fields }: AddressForm): string[] => [
  'country',
  ...fields.map(({ name }) => name),
]

const PHONE: AddressField = {
  name: 'phone',
  label: texts.labels.phone,
  error: texts.errors.phone,
  isRequired: false,
  inRow: 1,
  isNumeric: false,
  options: [],
}

/**
 * Fields of a submitted form. Without scripts, a country can be chosen while the states of another are shown:
 * they do not count.
 */
export const readAddress = (text: (name: string) => string, names: readonly string[]): AddressValues => {
  const values = Object.fromEntries(names.map(name => [name, text(name)]))
  const shownCountry = text(SHOWN_COUNTRY)
  if (shownCountry === '' || shownCountry === values.country) return values
  return statesOf(shownCountry).some(({ value }) => value === values.state)
    ? { ...values, state: '' }
    : values
}

export const ADDRESS_FIELDS = Object.keys(PostalAddress.shape) as (keyof PostalAddress)[]

/** Postal address for the API, without empty fields. */
export const toPostalAddress = (typed: AddressValues): PostalAddress =>
  Object.fromEntries(
    ADDRESS_FIELDS.flatMap(name => (typed[name] ? [[name, typed[name]]] : [])),
  ) as PostalAddress

/** The invalid fields in the order of the form; all of them at once, missing and malformed ones. */
export const findInvalidAddressFields = (typed: AddressValues, kind: AddressKind = 'delivery'): string[] => {
  const address = toPostalAddress(typed)
  const malformed = PostalAddress.safeParse(address).error?.issues.map(({ path }) => String(path[0])) ?? []
  const missing: string[] = addressIssues(address, kind === 'delivery' ? 'with name' : 'without name').map(
    ({ part }) => part,
  )
  const wrong = new Set([...malformed, ...missing, ...(address.country === undefined ? ['country'] : [])])
  return fieldNames(addressForm(typed.country ?? '', kind)).filter(name => wrong.has(name))
}

/**
 * The address for the API. Throws invalid_request with all invalid fields; a country is required on pages.
 */
export const parseAddress = (typed: AddressValues, kind: AddressKind): PostalAddress => {
  const wrong = findInvalidAddressFields(typed, kind)
  if (wrong.length === 0) return toPostalAddress(typed)
  const errors = wrong.map(where => ({ where, message: 'must be valid' }))
  throw new ShopError('invalid_request', 'The address must be valid.', { errors })
}
