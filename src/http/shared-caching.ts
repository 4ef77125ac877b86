/**
 * How long a shared cache, such as a CDN, may keep a public response. Browsers revalidate each time, and get 304 where nothing
 * changed. Everything else is `no-store`.
 *
 * A cache that nobody purges keeps what it has for BRIEF_SECONDS, so that a book that sold out is seen within 30 s also there. Only
 * where the shop purges the CDN itself (cdn/) may it be LONG_SECONDS.
 */

/** With what an origin on AWS may be behind (7 s), a sold-out book is seen within 30 s. */
export const BRIEF_SECONDS = 20
/** The longest that a CDN keeps what a purge has missed. A day would save some more requests (docs/caching.md), and be wrong for a day. */
export const LONG_SECONDS = 3_600
/** Of a response that may be whole in a moment: the table gave it while the index was loading, or a part is missing. */
export const PROVISIONAL_SECONDS = 5

/** Cache-Control of a public response that shared caches may keep for so long. */
export const publicFor = (seconds: number): string => `public, max-age=0, s-maxage=${seconds}`

/** The seconds for which a response with this Cache-Control may be kept by shared caches; undefined where it must not be. */
export const sharedSecondsOf = (cacheControl: string | null): number | undefined => {
  const [, seconds] = /\bs-maxage=(\d+)/.exec(cacheControl ?? '') ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

/** `brief`: never longer than BRIEF_SECONDS, because what it shows may change before a purge could take effect. */
export type Sharing = 'normal' | 'brief'
