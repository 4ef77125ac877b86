/**
 * Order numbers: ten letters of Crockford base 32 for people, shown as 7K3M2-QX8VD. A number is the first 50 bits of the
 * SHA-256 of the order id, so every order has one without being written. It is no secret and gives no access by itself.
 */
import { hash } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LETTERS = 10
const GROUP = 5
/** Of the 64 bits that are read of the hash. */
const UNUSED_BITS = 14n

const grouped = (letters: string): string => `${letters.slice(0, GROUP)}-${letters.slice(GROUP)}`

/** The number of the order with this id. */
export const orderNumber = (orderId: string): string => {
  let rest = hash('sha256', orderId, 'buffer').readBigUInt64BE(0) >> UNUSED_BITS
  let letters = ''
  for (let i = 0; i < LETTERS; i++) {
    letters = ALPHABET[Number(rest & 31n)] + letters
    rest >>= 5n
  }
  return grouped(letters)
}

/**
 * Reads a number as people type it: in any case, with or without hyphens and blanks, O for 0, I and L for 1. Undefined for
 * any other text.
 */
export const parseOrderNumber = (text: string): string | undefined => {
  const letters = text
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}#]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(letters) ? grouped(letters) : undefined
}
