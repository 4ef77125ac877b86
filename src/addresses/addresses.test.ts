/** Formats of the countries, what they require of a new address, and how an address is printed. */
import { expect, test } from 'vitest'
import { COUNTRY_CODES, countryName, findFormat } from './formats.ts'
import { addressLine, addressLines } from './lines.ts'
import { addressIssues } from './rules.ts'
import { DeliveryAddress, PostalAddress, StoredAddress } from './schema.ts'
import { statesOf } from './states.ts'

const JANE = { name: 'Jane Doe', street: '1 Library Lane' }
const partsOf = (address: PostalAddress) =>
  addressIssues({ ...JANE, ...address }, 'with name').map(one => one.part)

test('there is a format and a name for every country, and none for other codes', () => {
  expect(COUNTRY_CODES.length).toBe(250)
  for (const country of COUNTRY_CODES) {
    expect(countryName(country), country).not.toBe(country)
    expect(findFormat(country)?.format, country).toMatch(/%N.*%A|%A.*%N/)
  }
  for (const text of ['ZZ', 'XX', 'EU', 'UK', 'us', 'Germany', '', 'constructor', '__proto__'])
    expect(findFormat(text), text).toBeUndefined()
})

test('the example of every country is a postal code of it', () => {
  for (const country of COUNTRY_CODES) {
    const postal_code = findFormat(country)?.example
    if (postal_code !== undefined)
      expect(partsOf({ country, city: 'a', state: 'b', postal_code }), country).toEqual([])
  }
})

test.each<[string, string[], PostalAddress]>([
  ['a US address', [], { city: 'Anytown', state: 'NY', postal_code: '12345-6789', country: 'US' }],
  ['no US state', ['state'], { city: 'Anytown', postal_code: '12345', country: 'US' }],
  ['no ZIP code', ['postal_code'], { city: 'Anytown', state: 'NY', country: 'US' }],
  [
    'a ZIP code of four digits',
    ['postal_code'],
    { city: 'A', state: 'NY', postal_code: '1234', country: 'US' },
  ],
  ['a US address with nothing else', ['city', 'state', 'postal_code'], { country: 'US' }],
  ['a German address without a postal code', ['postal_code'], { city: 'Berlin', country: 'DE' }],
  ['a German address', [], { city: 'Berlin', postal_code: '10115', country: 'DE' }],
  ['a British address without a postcode', ['postal_code'], { city: 'London', country: 'GB' }],
  ['a postcode in lower case', [], { city: 'London', postal_code: 'sw1a1aa', country: 'GB' }],
  ['full-width digits', [], { state: 'Tokyo', postal_code: '１５４－００２３', country: 'JP' }],
  [
    'a Japanese address with a city for a prefecture',
    [],
    { city: 'Tokyo', postal_code: '1540023', country: 'JP' },
  ],
  ['neither prefecture nor city', ['state'], { postal_code: '154-0023', country: 'JP' }],
  ['Hong Kong, which has no postal codes', [], { city: 'Hong Kong', country: 'HK' }],
  ['Hong Kong with a postal code of any form', [], { city: 'Hong Kong', postal_code: '000', country: 'HK' }],
  ['Macau, which has no cities either', [], { country: 'MO' }],
  ['Dubai', [], { city: 'Dubai', country: 'AE' }],
  ['Ireland without an Eircode', [], { city: 'Dublin', country: 'IE' }],
  ['Singapore, which is its city', [], { postal_code: '546080', country: 'SG' }],
  ['Singapore without a postal code', ['postal_code'], { country: 'SG' }],
  ['a Swedish postal code with its prefix', [], { city: 'Kista', postal_code: 'SE-164 40', country: 'SE' }],
  ['an Azerbaijani postal code with its prefix', [], { city: 'Baku', postal_code: 'AZ 1000', country: 'AZ' }],
  ['no country', [], { city: 'Anytown', postal_code: 'any' }],
  ['no country, city and postal code', ['city', 'postal_code'], {}],
  ['a country that is none', ['country'], { city: 'Berlin', postal_code: '10115', country: 'ZZ' }],
])('%s: %j is wrong', (_, wrong, address) => {
  expect(partsOf(address)).toEqual(wrong)
})

test('a new address needs a name and a street; a stored one needs nothing', () => {
  const { error } = DeliveryAddress.safeParse({ city: 'Berlin', postal_code: '10115', country: 'DE' })
  expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['name', 'street'])
  expect(PostalAddress.safeParse({}).success).toBe(true)
})

test('the message says what is expected', () => {
  const [issue] = addressIssues({ ...JANE, city: 'Berlin', postal_code: 'x', country: 'DE' }, 'with name')
  expect(issue).toEqual({
    part: 'postal_code',
    message: 'must be a postal code of Germany, for example 26133',
  })
})

test.each<[string, Record<string, string>, string[]]>([
  [
    'the specification’s sample',
    { street: '123 Main St', city: 'Anytown', state: 'ST', postal_code: '12345' },
    ['123 Main St', 'Anytown, ST 12345'],
  ],
  [
    'the United States',
    { ...JANE, line2: 'Apt 2', city: 'Anytown', state: 'NY', postal_code: '12345', country: 'US' },
    ['Jane Doe', '1 Library Lane', 'Apt 2', 'Anytown, NY 12345', 'United States'],
  ],
  [
    'Germany',
    { ...JANE, city: 'Berlin', postal_code: '10115', country: 'DE' },
    ['Jane Doe', '1 Library Lane', '10115 Berlin', 'Germany'],
  ],
  [
    'the United Kingdom',
    { ...JANE, city: 'London', postal_code: 'SW1A 1AA', country: 'GB' },
    ['Jane Doe', '1 Library Lane', 'London', 'SW1A 1AA', 'United Kingdom'],
  ],
  [
    'Japan in Latin letters',
    { ...JANE, city: 'Chiyoda', state: 'Tokyo', postal_code: '100-0001', country: 'JP' },
    ['Jane Doe', '1 Library Lane, Chiyoda, Tokyo', '100-0001', 'Japan'],
  ],
  [
    'Japan in Japanese',
    { name: '山田花子', street: '千代田1-1', state: '東京都', postal_code: '100-0001', country: 'JP' },
    ['〒100-0001', '東京都', '千代田1-1', '山田花子', 'Japan'],
  ],
  [
    'Singapore with its name as the city',
    { ...JANE, city: 'Singapore', postal_code: '546080', country: 'SG' },
    ['Jane Doe', '1 Library Lane', 'SINGAPORE 546080', 'Singapore'],
  ],
  [
    'Sweden, where the prefix was typed',
    { ...JANE, city: 'Kista', postal_code: 'SE-164 40', country: 'SE' },
    ['Jane Doe', '1 Library Lane', 'SE-164 40 Kista', 'Sweden'],
  ],
  [
    'parts that the country has no place for',
    { ...JANE, city: 'London', state: 'Greater London', postal_code: 'SW1A 1AA', country: 'GB' },
    ['Jane Doe', '1 Library Lane', 'London', 'SW1A 1AA', 'Greater London', 'United Kingdom'],
  ],
  [
    'missing parts and those of other clients',
    { street: '1 Library Lane', postal_code: '12345', company: 'Library Inc.', country: 'US' },
    ['1 Library Lane', '12345', 'Library Inc.', 'United States'],
  ],
  ['a country that is none', { street: '1 Library Lane', country: 'Mars' }, ['1 Library Lane', 'Mars']],
  ['nothing', {}, []],
])('an address of %s is printed in its order', (_, address, lines) => {
  expect(addressLines(address)).toEqual(lines)
  expect(addressLine(address)).toBe(lines.join(', '))
})

test('the phone is no part of a printed address', () => {
  expect(addressLines({ ...JANE, phone: '+1 555 0123' })).toEqual(['Jane Doe', '1 Library Lane'])
})

test('no part of an address is left out in any country', () => {
  const address = { name: 'Nnn', street: 'Aaa', line2: 'Bbb', city: 'Ccc', state: 'Sss', postal_code: 'Zzz' }
  for (const country of ['', ...COUNTRY_CODES]) {
    const printed = addressLine({ ...address, country })
    for (const part of Object.values(address))
      expect(printed.split(part).length, `${country} ${printed}`).toBe(2)
  }
})

test('states are there for forms, with their codes where addresses have them', () => {
  expect(statesOf('US')).toContainEqual({ value: 'NY', name: 'New York' })
  expect(statesOf('JP')).toContainEqual({ value: 'Tokyo', name: 'Tokyo' })
  expect(statesOf('HK').map(({ value }) => value)).toEqual(['Hong Kong Island', 'Kowloon', 'New Territories'])
  expect(statesOf('DE')).toEqual([])
  expect(statesOf('constructor')).toEqual([])
})

test('a stored address is read whatever it holds, with its parts in one order', () => {
  const stored = {
    zone: 'B',
    country: 'US',
    postal_code: 12345,
    street: 'a',
    company: 'c',
    flat: null,
    name: 'n',
  }
  const read = StoredAddress.parse(stored)
  expect(Object.entries(read ?? {}).map(pair => pair.join('='))).toEqual([
    'name=n',
    'street=a',
    'postal_code=12345',
    'country=US',
    'company=c',
    'zone=B',
  ])
  for (const other of ['1 Library Lane', ['a'], null, 5]) expect(StoredAddress.parse(other)).toBeUndefined()
})
