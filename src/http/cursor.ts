/**
 * Pagination cursors, encrypted with AES-256-GCM: a client can neither read nor change one, nor use it on another route, for
 * another caller or with other filters. The nonce is derived from the content, so that a public page has the same bytes for
 * every caller.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { ShopError } from '../core/errors.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export type CursorSeal = ReturnType<typeof createCursorSeal>

const badCursor = () =>
  new ShopError('bad_cursor', 'The cursor must be the next_cursor of the previous page of the same list.')

/** `secret` is the shop's (CLOUDSHELF_SECRET). `scope` is what a cursor is bound to: route, caller, filters. */
export const createCursorSeal = (secret: string) => {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `cloudshelf cursor ${purpose}`, 32))
  const key = derive('encryption')
  const nonceKey = derive('nonce')

  const seal = (scope: string, content: unknown): string => {
    const text = JSON.stringify(content)
    const nonce = createHmac('sha256', nonceKey).update(`${scope}\n${text}`).digest().subarray(0, NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(scope))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return sealed.toString('base64url')
  }

  /** The content of a cursor of this scope. Throws bad_cursor for any other text. */
  const open = (scope: string, cursor: string): unknown => {
    const bytes = Buffer.from(cursor, 'base64url')
    if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== cursor) throw badCursor()
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(scope)).setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
      return JSON.parse(text.toString('utf8'))
    } catch {
      throw badCursor()
    }
  }

  return { seal, open }
}
