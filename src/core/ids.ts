/** Ids and secrets: Crockford base 32 for ids that people may read, at least 128 random bits where an id is a secret. */
import { hash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** `bytes` as lower-case Crockford base 32, 5 bits a letter, the last letter padded with zero bits. */
const base32 = (bytes: Uint8Array): string => {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(buffer >> bits) & 31]
    }
    buffer &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET[(buffer << (5 - bits)) & 31] : text
}

/** `value` in `length` characters, so that alphabetical order is numerical order. */
const sortable = (value: number, length: number): string => {
  let text = ''
  let rest = value
  for (let i = 0; i < length; i++) {
    text = ALPHABET[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** The day in UTC, as in `order_date` and cart ids: 2025-09-05. */
export const dayOf = (now: Date): string => now.toISOString().slice(0, 10)

/** Epoch seconds, as TTL attributes are stored. */
export const epochSeconds = (now: Date): number => Math.floor(now.getTime() / 1000)

/** `order-2025-09-05-<time of day><80 random bits>`: sorts by time, contains its day, cannot be guessed. */
export const newOrderId = (now: Date): string =>
  `order-${dayOf(now)}-${sortable(now.getTime() % 86_400_000, 6)}${base32(randomBytes(10))}`

/** The day in an order id; undefined when the text is not an order id. */
export const dayOfOrderId = (orderId: string): string | undefined =>
  /^order-(\d{4}-\d{2}-\d{2})-[A-Za-z0-9-]{1,64}$/.exec(orderId)?.[1]

/** A unique sort key in the order of time, for logs and the outbox. */
export const newSortKey = (now: Date): string => `${sortable(now.getTime(), 10)}${base32(randomBytes(10))}`

/** The smallest key of `newSortKey` at or after `now`, where a reader of a log starts. */
export const sortKeyAt = (now: Date): string => sortable(now.getTime(), 10)

/** `user-<ULID in lower case>`: 10 characters of time, 16 random ones. */
export const newUserId = (now: Date): string =>
  `user-${sortable(now.getTime(), 10)}${base32(randomBytes(10))}`

/** An unguessable version, new on each write. */
export const newVersion = (): string => base32(randomBytes(16))

/** A 256-bit secret for a cookie. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** SHA-256 in hex, of text (as UTF-8) or bytes. */
export const sha256 = (content: string | Uint8Array): string => hash('sha256', content)

const GUEST = 'guest-'

/** A guest's user id: the hash of the secret in the cookie. The secret itself is never stored. */
export const guestUserId = (secret: string): string => `${GUEST}${sha256(`guest:${secret}`).slice(0, 40)}`

export const isGuestUserId = (userId: string): boolean => userId.startsWith(GUEST)
