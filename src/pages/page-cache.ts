/** Rendered public pages, bounded in bytes, given again while what the API made them from holds. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import { Body } from './compress.ts'
import { bookOf } from './paths.ts'

/** A list that changed a moment ago may be shown for this long, as the API does. */
const LIST_MS = 1_000
/** A book that somebody changed behind our back is found within this time. */
const LONGEST_MS = 60_000

export type CachedPage = {
  readonly body: Body
  /** A plain object, because the server on Node writes that as it is. */
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
  readonly holds: () => boolean
}

type Versions = Pick<LiveIndex, 'listVersion' | 'bookVersion' | 'index'>

/** Tells whether a page made now still says what the shop would say. Without an index, no page is kept. */
export const isPageFresh = (memory: Versions, pathname: string, now: () => number = Date.now) => {
  const at = now()
  const ready = memory.index !== undefined
  const { contentVersion, editVersion } = memory.listVersion
  const bookId = bookOf(pathname)
  const bookVersion = bookId === undefined ? 0 : memory.bookVersion(bookId)
  return (): boolean => {
    const age = now() - at
    const list = memory.listVersion
    return (
      ready &&
      age < LONGEST_MS &&
      list.editVersion === editVersion &&
      (list.contentVersion === contentVersion || age < LIST_MS) &&
      (bookId === undefined || memory.bookVersion(bookId) === bookVersion)
    )
  }
}

/** At most `maxBytes` of pages, the least used go first. */
export const createPageCache = (maxBytes: number) => {
  const kept = new LRUCache<string, CachedPage>({
    maxSize: maxBytes,
    // The page, and its two smaller forms.
    sizeCalculation: ({ body }, address) => Math.ceil(body.plain.byteLength * 1.4) + address.length + 1_000,
  })
  return {
    find: (address: string): CachedPage | undefined => {
      const page = kept.get(address)
      if (!page || page.holds()) return page
      kept.delete(address)
      return undefined
    },
    keep: (address: string, html: Uint8Array, headers: Headers, holds: () => boolean): CachedPage => {
      const type = headers.get('content-type') ?? 'text/html; charset=utf-8'
      const etag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
      const page: CachedPage = {
        body: new Body(html, type),
        headers: { ...Object.fromEntries(headers), etag },
        etag,
        holds,
      }
      if (holds()) kept.set(address, page)
      return page
    },
  }
}
