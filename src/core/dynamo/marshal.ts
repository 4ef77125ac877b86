/** Items as plain objects here and as AttributeValues on the wire; what came from the wire goes back as it was. */
import { marshall, NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb'
import type { Item } from './write.ts'

/** One of these. */
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

/** So many digits at most survive the way through a JavaScript number and back. */
const EXACT_DIGITS = 15

export const toWire = (value: Item) => marshall(value, { removeUndefinedValues: true })

/** A number that no JavaScript number holds stays wrapped: it fails its schema, and is written back as it was. */
const numberOf = (text: string): number | NumberValue => {
  const number = Number(text)
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && isExact(text) ? number : NumberValue.from(text)
}

const isExact = (text: string): boolean =>
  text.length <= EXACT_DIGITS || String(Number(text)) === text || significant(text) <= EXACT_DIGITS

/** A set of numbers, all of one kind: the SDK writes no others. */
const numbersOf = (texts: readonly string[]): Set<number> | Set<NumberValue> => {
  const numbers = texts.map(numberOf)
  return numbers.every(one => typeof one === 'number')
    ? new Set(numbers)
    : new Set(texts.map(text => NumberValue.from(text)))
}

const significant = (text: string): number =>
  text
    .replace(/e.*$/i, '')
    .replaceAll(/[-.]/g, '')
    .replaceAll(/^0+|0+$/g, '').length

/** Bytes, that are base64 in JSON as the wire has them. */
const bytesOf = (base64: string): Uint8Array =>
  Object.assign(Buffer.from(base64, 'base64'), { toJSON: () => base64 })

const plain = (value: WireValue): unknown => {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return numberOf(value.N)
  if (value.M !== undefined) return fromWire(value.M)
  if (value.L !== undefined) return value.L.map(plain)
  if (value.BOOL !== undefined) return value.BOOL
  if (value.NULL !== undefined) return null
  if (value.SS !== undefined) return new Set(value.SS)
  if (value.NS !== undefined) return numbersOf(value.NS)
  if (value.B !== undefined) return bytesOf(value.B)
  if (value.BS !== undefined) return new Set(value.BS.map(bytesOf))
  throw new TypeError(`no value of DynamoDB: ${Object.keys(value).join(', ')}`)
}

/** An item of the wire; in one pass of our own, since every read of the shop goes through here. */
export const fromWire = (item: unknown): Item => {
  const wire = item as Readonly<Record<string, WireValue>>
  const result: Record<string, unknown> = {}
  for (const name of Object.keys(wire)) {
    const value = wire[name]
    // An attribute of this name would otherwise set the object's prototype.
    if (name === '__proto__') Object.defineProperty(result, name, { value: value && plain(value), ...OWN })
    else if (value) result[name] = plain(value)
  }
  return result
}
const OWN = { enumerable: true, configurable: true, writable: true }

/** A key: texts alone, which need no more than their mark. */
export const keyToWire = (key: Readonly<Record<string, string>>): Record<string, WireValue> => {
  const wire: Record<string, WireValue> = {}
  for (const name of Object.keys(key)) wire[name] = { S: key[name] ?? '' }
  return wire
}
