/** Canonical text of an item, the same for the same attributes in whichever order they come: what its checksum is made of. */
import type { Item } from '../core/dynamo/write.ts'

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Values that JSON does not know are marked, so that a set differs from a list, and bytes from their text. */
const canonicalValue = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value)
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join()}]`
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('base64')}`
  if (value instanceof Set) return `set[${[...value].map(canonicalValue).sort(compare).join()}]`
  if (typeof value === 'object') {
    // A number that does not fit a JavaScript number is wrapped by the SDK.
    if ('value' in value && value.constructor !== Object) return `number:${String(value.value)}`
    return canonicalItem(value as Item)
  }
  throw new TypeError(`not a value of an item: ${typeof value}`)
}

export const canonicalItem = (item: Item): string =>
  `{${Object.keys(item)
    .sort(compare)
    .map(name => `${JSON.stringify(name)}:${canonicalValue(item[name])}`)
    .join()}}`
