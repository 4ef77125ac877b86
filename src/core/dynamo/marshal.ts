/** Items as plain objects here and as AttributeValues on the wire; what came from the wire goes back as it was. */
import { marshall, NumberValueImpl as NumberValue, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from './write.ts'

type WireItem = Parameters<typeof unmarshall>[0]
type WireValue = {
  B?: string | Uint8Array
  BS?: (string | Uint8Array)[]
  L?: WireValue[]
  M?: Record<string, WireValue>
}

/** So many digits at most survive the way through a JavaScript number and back. */
const EXACT_DIGITS = 15

export const toWire = (value: Item): WireItem => marshall(value, { removeUndefinedValues: true }) as WireItem

/**
 * Numbers that no JavaScript number holds come back wrapped: they fail the schema of their row, not the whole read, and
 * are written back as they were. Bytes come back as bytes.
 */
export const fromWire = (item: unknown): Item => {
  decodeIn(item as Record<string, WireValue>)
  return unmarshall(item as WireItem, {
    wrapNumbers: text =>
      text.length <= EXACT_DIGITS || String(Number(text)) === text ? Number(text) : NumberValue.from(text),
  }) as Item
}

/** Bytes that are base64 in JSON, as the wire has them. */
const bytesOf = (base64: string | Uint8Array): Uint8Array =>
  Object.assign(Buffer.from(base64 as string, 'base64'), { toJSON: () => base64 })

const decode = (value: WireValue): void => {
  if (value.B !== undefined) value.B = bytesOf(value.B)
  else if (value.BS !== undefined) value.BS = value.BS.map(bytesOf)
  else if (value.L !== undefined) value.L.forEach(decode)
  else if (value.M !== undefined) decodeIn(value.M)
}

const decodeIn = (values: Record<string, WireValue>): void => {
  for (const value of Object.values(values)) decode(value)
}
