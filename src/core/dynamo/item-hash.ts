/** Canonical hash of an item as the DynamoDB API has it: equal for equal items, whichever database wrote the text. */
import { hash } from 'node:crypto'
import type { RawItem, RawValue } from './raw-items.ts'

const NUMBER = /^([+-]?)0*(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i

/** A number in one spelling: `-12.50` and `-1.25E1` are both `-125e-1`. */
export const canonicalNumber = (text: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  const power = Number(exponent) - fraction.length + (digits.length - significant.length)
  return `${sign === '-' ? '-' : ''}${significant}e${power}`
}

const canonical = (value: RawValue): unknown => {
  const [type = '', content] = Object.entries(value)[0] ?? []
  switch (type) {
    case 'N':
      return [type, canonicalNumber(String(content))]
    case 'NS':
      return [type, ...(content as string[]).map(canonicalNumber).sort()]
    case 'SS':
    case 'BS':
      return [type, ...(content as string[]).toSorted()]
    case 'L':
      return [type, ...(content as RawValue[]).map(canonical)]
    case 'M':
      return [type, canonicalFields(content as RawItem)]
    default:
      return [type, content]
  }
}

const canonicalFields = (item: RawItem): unknown[] =>
  Object.keys(item)
    .sort()
    .map(name => [name, canonical(item[name] ?? {})])

/** SHA-256 of the item, in base64. */
export const hashItem = (item: RawItem): string =>
  hash('sha256', JSON.stringify(canonicalFields(item)), 'base64')
