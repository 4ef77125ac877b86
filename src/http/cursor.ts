/**
 * Cursors, sealed with AES-256-GCM: a client can neither read nor bend one, nor use it on another route, for another
 * person or with other filters. The nonce comes from the content, so that the same page has the same bytes for everyone.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { ShopError } from '../core/errors.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export type CursorSeal = ReturnType<typeof createCursorSeal>

const badCursor = () =>
  new ShopError('bad_cursor', 'This cursor is not one of ours, or belongs to another request.')

/** `secret` is the shop's (CLOUDSHELF_SECRET). `scope` says whom and what a cursor belongs to: route, person, filters. */
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

  /** The content of a cursor that was sealed for this scope. Throws bad_cursor for every other text. */
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
