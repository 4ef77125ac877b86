/**
 * Request hash of a checkout: tells whether an idempotency key is sent again with the same request or with another one. It
 * covers the whole parsed body, so that a field added to `PlaceOrder` is covered without being named here. A record keeps
 * the version of its hash and is compared by that version: a retry across a deployment is still recognised.
 */
import { sha256 } from '../core/ids.ts'
import type { PlaceOrder } from './schema.ts'

export type RequestHash = { readonly request_hash: string; readonly hash_version: number }
/** Idempotency record of a checkout: its order, and the hash of the request that placed it. */
export type CheckoutRecord = RequestHash & { readonly order_id: string }

const HASH_VERSION = 2

/** JSON that is equal for equal values: the keys of objects are sorted, and fields that are undefined are left out. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

/** Version 1, of records without a version: the fields that a body had in release 0.1.0, and others where there are some. */
const namedFieldsJson = (body: PlaceOrder): string => {
  const { cart_version, expected_total, email, shipping_address, ...added } = body
  const named = [cart_version, expected_total, email, Object.entries(shipping_address).sort()]
  return JSON.stringify(Object.values(added).some(value => value !== undefined) ? [...named, added] : named)
}

const SERIALIZERS: Readonly<Record<number, (body: PlaceOrder) => string>> = {
  1: namedFieldsJson,
  [HASH_VERSION]: canonicalJson,
}

export const requestHash = (body: PlaceOrder): RequestHash => ({
  request_hash: sha256(canonicalJson(body)),
  hash_version: HASH_VERSION,
})

/** Whether `body` is the request of the record. False for a version that this release does not know. */
export const isSameRequest = (record: RequestHash, body: PlaceOrder): boolean => {
  const serialize = SERIALIZERS[record.hash_version]
  return serialize !== undefined && sha256(serialize(body)) === record.request_hash
}
