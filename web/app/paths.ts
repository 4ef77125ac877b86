/** Paths of pages. */

export const authorPath = (author: string): string => `/search?${new URLSearchParams({ author })}`

/**
 * Guards against open redirects: returns the path and query of `next` if it is a path of this site, else
 * `otherwise`. Checks the result as well, because the URL parser makes `//evil.example`, which is another
 * host, of `/.//evil.example`.
 */
export const safeRedirectPath = (next: string | null, otherwise: string): string => {
  const ours = 'https://shop.invalid'
  if (next === null || !next.startsWith('/') || !URL.canParse(next, ours)) return otherwise
  const { origin, pathname, search } = new URL(next, ours)
  return origin === ours && !pathname.startsWith('//') ? `${pathname}${search}` : otherwise
}

/** Path of the sign-in page that returns to `next`. */
export const signInPath = (next: string): string =>
  next === '/account' ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`
