/** Conversion of items between plain objects and AttributeValues. An item that was read is written back unchanged. */
import { marshall, NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb'
import type { Item } from './write.ts'

/** An AttributeValue: exactly one of these. */
type WireValue = {
  readonly S?: string
  readonly N?: string
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly L?: readonly WireValue[]
  readonly M?: Readonly<Record<string, WireValue>>
  readonly SS?: readonly string[]
  readonly NS?: readonly string[]
  readonly B?: string
  readonly BS?: readonly string[]
}

/** Significant digits that a JavaScript number always keeps. */
const EXACT_DIGITS = 15

export const toWire = (value: Item) => marshall(value, { removeUndefinedValues: true })

/** A number that does not fit a JavaScript number stays wrapped: it fails its schema, and is written back unchanged. */
const toNumber = (text: string): number | NumberValue => {
  const number = Number(text)
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && isExact(text) ? number : NumberValue.from(text)
}

const isExact = (text: string): boolean =>
  text.length <= EXACT_DIGITS || String(Number(text)) === text || significant(text) <= EXACT_DIGITS

/** A set of numbers, all plain or all wrapped: the SDK cannot write a mixed set. */
const toNumbers = (texts: readonly string[]): Set<number> | Set<NumberValue> => {
  const numbers = texts.map(toNumber)
  return numbers.every(one => typeof one === 'number')
    ? new Set(numbers)
    : new Set(texts.map(text => NumberValue.from(text)))
}

const significant = (text: string): number =>
  text
    .replace(/e.*$/i, '')
    .replaceAll(/[-.]/g, '')
    .replaceAll(/^0+|0+$/g, '').length

/** Bytes that become base64 in JSON, as on the wire. */
const toBytes = (base64: string): Uint8Array =>
  Object.assign(Buffer.from(base64, 'base64'), { toJSON: () => base64 })

const plain = (value: WireValue): unknown => {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return toNumber(value.N)
  if (value.M !== undefined) return fromWire(value.M)
  if (value.L !== undefined) return value.L.map(plain)
  if (value.BOOL !== undefined) return value.BOOL
  if (value.NULL !== undefined) return null
  if (value.SS !== undefined) return new Set(value.SS)
  if (value.NS !== undefined) return toNumbers(value.NS)
  if (value.B !== undefined) return toBytes(value.B)
  if (value.BS !== undefined) return new Set(value.BS.map(toBytes))
  throw new TypeError(`unknown type of attribute value: ${Object.keys(value).join(', ')}`)
}

/** An item as a plain object. Own code instead of the SDK's, because every read of the shop passes here. */
export const fromWire = (item: unknown): Item => {
  const wire = item as Readonly<Record<string, WireValue>>
  const result: Record<string, unknown> = {}
  for (const name of Object.keys(wire)) {
    const value = wire[name]
    // An assignment would set the prototype of the object.
    if (name === '__proto__') Object.defineProperty(result, name, { value: value && plain(value), ...OWN })
    else if (value) result[name] = plain(value)
  }
  return result
}
const OWN = { enumerable: true, configurable: true, writable: true }

/** A key as AttributeValues: the attributes of keys are strings. */
export const keyToWire = (key: Readonly<Record<string, string>>): Record<string, WireValue> => {
  const wire: Record<string, WireValue> = {}
  for (const name of Object.keys(key)) wire[name] = { S: key[name] ?? '' }
  return wire
}
