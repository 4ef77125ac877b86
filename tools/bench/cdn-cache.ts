/** Stand-in of a CDN: caches in memory, each with its own copies, by path and query, that keep what `s-maxage` allows and what is not invalidated. */
import { sharedSecondsOf } from '#src/http/shared-caching.ts'

export type CachedCopy = {
  readonly body: string
  readonly fetchedAt: number
  /** What the origin had carried out when it was fetched: see cdn.ts. */
  readonly version: number
}
type Entry = CachedCopy & { readonly expiresAt: number }

/** Reports until when a copy was given out. */
export type OnGone = (copy: CachedCopy, until: number) => void

export type Cdn = {
  /** The response at `now` (ms); `fetchOrigin` is called where no copy of this cache is fresh. */
  readonly get: (
    cache: number,
    path: string,
    now: number,
    fetchOrigin: () => Promise<{ readonly response: Response; readonly version: number }>,
  ) => Promise<void>
  readonly invalidate: (paths: readonly string[], now: number) => void
  readonly clear: (now: number) => void
  /** Requests of the origin so far. */
  readonly misses: () => number
}

/** A path that ends in `*` covers whatever begins like it, query included; as for CloudFront, any other is the path alone. */
const covers = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern

export const createCdn = (caches: number, onGone: OnGone): Cdn => {
  const stores = Array.from({ length: caches }, () => new Map<string, Entry>())
  let misses = 0

  const drop = (store: Map<string, Entry>, path: string, entry: Entry, now: number): void => {
    store.delete(path)
    onGone(entry, Math.min(entry.expiresAt, now))
  }
  const dropWhere = (now: number, isGone: (path: string) => boolean): void => {
    for (const store of stores)
      for (const [path, entry] of store) if (isGone(path)) drop(store, path, entry, now)
  }

  return {
    get: async (cache, path, now, fetchOrigin) => {
      const store = stores[cache]
      if (!store) throw new RangeError('must be one of the caches')
      const found = store.get(path)
      if (found && found.expiresAt > now) return
      if (found) drop(store, path, found, now)
      misses++
      const { response, version } = await fetchOrigin()
      const seconds = sharedSecondsOf(response.headers.get('cache-control'))
      const body = await response.text()
      if (seconds !== undefined)
        store.set(path, { body, fetchedAt: now, version, expiresAt: now + seconds * 1_000 })
    },
    invalidate: (paths, now) => dropWhere(now, path => paths.some(pattern => covers(pattern, path))),
    clear: now => dropWhere(now, () => true),
    misses: () => misses,
  }
}
