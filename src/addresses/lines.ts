/** An address as it is printed: in the order of its country, from the recipient to the country. */
import { countryName } from './formats.ts'
import { formatOf } from './rules.ts'
import { PostalAddress, type StoredAddress } from './schema.ts'

type Values = Readonly<Record<string, string>>

/** Letters of other scripts than Latin: such an address is written in the order of its own script. */
const OTHER_SCRIPT = /(?!\p{Script=Latin})\p{L}/u

/** The parts of a line with the literals between them: `%C, %S %Z` as `%C`, `, `, `%S`, ` `, `%Z`. */
const tokensOf = (line: string): string[] => line.match(/%[A-Z]|[^%]+/g) ?? []

/**
 * A line with its values. A literal stands between values that are there, and is left out beside one that is missing, or where
 * the value was written with it (`SE-`).
 */
const fillLine = (line: string, values: Values): string => {
  const tokens = tokensOf(line)
  const isMissing = (token: string | undefined): boolean => token?.startsWith('%') === true && !values[token]
  return tokens
    .map((token, i) => {
      if (token.startsWith('%')) return values[token] ?? ''
      const [before, after] = [tokens[i - 1], tokens[i + 1]]
      if (isMissing(before) || isMissing(after)) return isMissing(before) && isMissing(after) ? '' : ' '
      return after !== undefined && values[after]?.toUpperCase().startsWith(token.toUpperCase()) ? '' : token
    })
    .join('')
    .trim()
}

/** Texts that a format prints itself, such as SINGAPORE. */
const literalsOf = (pattern: string): string => pattern.replace(/%[A-Za-z]/g, '\n').toLowerCase()

const TOKENS = ['%N', '%A', '%C', '%S', '%Z']

/**
 * The values of a pattern's tokens. A city that the country has no place for, as Japan, stands beside the state: before it in
 * Latin letters, after it otherwise.
 */
const valuesOf = (address: StoredAddress, pattern: string, isLocal: boolean): Values => {
  const { name = '', street = '', line2 = '', city = '', state = '', postal_code = '' } = address
  const values = {
    '%N': name,
    '%A': [street, line2].filter(Boolean).join('\n'),
    '%C': city,
    '%S': state,
    '%Z': postal_code,
  }
  if (city === '' || pattern.includes('%C') || !pattern.includes('%S')) return values
  if (state === '' || state.toLowerCase() === city.toLowerCase()) return { ...values, '%S': city, '%C': '' }
  return { ...values, '%S': isLocal ? `${state}${city}` : `${city}, ${state}`, '%C': '' }
}

/** What the pattern has no place for, in the order of `PostalAddress`; attributes of other clients last. */
const restOf = (address: StoredAddress, pattern: string, values: Values): string[] => {
  const literals = literalsOf(pattern)
  const left = TOKENS.filter(token => !pattern.includes(token))
    .map(token => values[token] ?? '')
    .filter(text => text !== '' && !literals.includes(text.toLowerCase()))
  const others = Object.keys(address).filter(part => !Object.hasOwn(PostalAddress.shape, part))
  return [left.join(' '), ...others.map(part => address[part] ?? '')]
}

/** The lines of an address without the phone, which is no part of it. No other value of the stored address is left out. */
export const addressLines = (address: StoredAddress): string[] => {
  const { street = '', line2 = '', country = '' } = address
  const { format, latin = format } = formatOf(country)
  const isLocal = OTHER_SCRIPT.test(`${street}${line2}`)
  const pattern = isLocal ? format : latin
  const values = valuesOf(address, pattern, isLocal)
  return [
    ...pattern.split('%n').flatMap(line => fillLine(line, values).split('\n')),
    ...restOf(address, pattern, values),
    countryName(country),
  ].filter(line => line !== '')
}

/** An address on one line, for lists: 'Jane Doe, 1 Library Lane, Anytown, NY 12345, United States'. */
export const addressLine = (address: StoredAddress): string => addressLines(address).join(', ')
