/** Page cache: rendered public pages in memory, bounded in bytes, each valid while the data that it was made from is unchanged. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import { Body } from './compress.ts'
import { bookOf } from './paths.ts'

/** A list may be shown for this long after a visible change, as by the API. */
const LIST_MS = 1_000
/** The longest that a page is cached: a change that another client makes to a book is shown within this time. */
const MAX_AGE_MS = 60_000

/** A page as it was rendered, with its final headers. */
export type RenderedPage = { readonly status: number; readonly bytes: Uint8Array; readonly headers: Headers }

export type CachedPage = {
  readonly status: number
  readonly body: Body
  /** A plain object, because the server on Node writes that as it is. */
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
  readonly isFresh: () => boolean
}

type Versions = Pick<LiveIndex, 'listVersion' | 'bookVersion' | 'index' | 'tooLarge'>

/** A check whether a page that is rendered now still shows the current data. While the index is loading, no page is fresh. */
export const createFreshnessCheck = (
  liveIndex: Versions,
  pathname: string,
  now: () => number = Date.now,
): (() => boolean) => {
  const at = now()
  const ready = liveIndex.index !== undefined || liveIndex.tooLarge !== undefined
  const { contentVersion, editVersion } = liveIndex.listVersion
  const bookId = bookOf(pathname)
  const bookVersion = bookId === undefined ? 0 : liveIndex.bookVersion(bookId)
  return () => {
    const age = now() - at
    const list = liveIndex.listVersion
    return (
      ready &&
      age < MAX_AGE_MS &&
      list.editVersion === editVersion &&
      (list.contentVersion === contentVersion || age < LIST_MS) &&
      (bookId === undefined || liveIndex.bookVersion(bookId) === bookVersion)
    )
  }
}

export type PageCache = {
  /** The cached page of a canonical path and query (public-pages.ts), if it is still fresh. */
  readonly find: (path: string) => CachedPage | undefined
  /** The page as it is sent, cached while `isFresh()`. */
  readonly store: (path: string, page: RenderedPage, isFresh: () => boolean) => CachedPage
}

/** Holds at most `maxBytes`, least recently used first out. */
export const createPageCache = (maxBytes: number): PageCache => {
  const pages = new LRUCache<string, CachedPage>({
    maxSize: maxBytes,
    // The page with its two compressed forms.
    sizeCalculation: ({ body }, path) => Math.ceil(body.plain.byteLength * 1.4) + path.length + 1_000,
  })
  return {
    find: path => {
      const page = pages.get(path)
      if (!page || page.isFresh()) return page
      pages.delete(path)
      return undefined
    },
    store: (path, { status, bytes, headers }, isFresh) => {
      const type = headers.get('content-type') ?? 'text/html; charset=utf-8'
      const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
      const page: CachedPage = {
        status,
        body: new Body(bytes, type),
        headers: { ...Object.fromEntries(headers), ...(status === 200 ? { etag } : {}) },
        etag,
        isFresh,
      }
      if (isFresh()) pages.set(path, page)
      return page
    },
  }
}
