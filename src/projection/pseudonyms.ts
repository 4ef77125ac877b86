/**
 * Pseudonyms: how persons and keys appear in PostgreSQL. All are keyed with a secret derived from the shop's, so nobody who has only
 * the database can tell whether a given email or user id is in it.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { CapturedKey } from '../core/dynamo/capture.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { canonicalItem } from './canonical.ts'

export type Pseudonyms = {
  /** The key of an item, without its contents: '\x…', 16 bytes. */
  readonly keyOf: (table: string, key: Key) => string
  /** The checksum of an item, as a whole: '\x…', 16 bytes. */
  readonly checksum: (item: Item) => string
  /** The pseudonym of an email or a user id: '\x…', 16 bytes. */
  readonly person: (kind: 'email' | 'user', text: string) => string
  /** A key that only this shop can read again, so that an item that vanished from the tables can be looked for by its row. */
  readonly seal: (key: CapturedKey) => string
  /** The key that `seal` was given; undefined for a text that this shop has not sealed. */
  readonly open: (sealed: string) => CapturedKey | undefined
  /** Tells whether a database was filled with the same secret. */
  readonly fingerprint: string
}

const BYTES = 16
const IV_BYTES = 12
const TAG_BYTES = 16

/** Raised when rows are made in another way: every checksum then differs, and every item is applied again. */
const MAPPING = 1

const SealedKey = z.tuple([z.string(), z.record(z.string(), z.string())])

export const createPseudonyms = (secret: string): Pseudonyms => {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `cloudshelf projection ${purpose}`, 32))
  const pseudonymKey = derive('pseudonyms')
  const sealKey = derive('keys')
  const hmac = (purpose: string, text: string): string =>
    `\\x${createHmac('sha256', pseudonymKey).update(`${purpose}\0${text}`).digest().subarray(0, BYTES).toString('hex')}`
  return {
    keyOf: (table, key) => hmac('key', `${table}\0${JSON.stringify(Object.entries(key).sort())}`),
    checksum: item => hmac(`item ${MAPPING}`, canonicalItem(item)),
    person: hmac,
    seal: ({ table, key }) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv)
      const text = Buffer.concat([cipher.update(JSON.stringify([table, key])), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
    },
    open: sealed => {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, IV_BYTES))
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
        const [table, key] = SealedKey.parse(JSON.parse(text.toString()))
        return { table, key }
      } catch {
        return undefined
      }
    },
    fingerprint: hmac('fingerprint', ''),
  }
}
