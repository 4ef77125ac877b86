/** Paths of pages. */

export const authorPath = (author: string): string => `/search?${new URLSearchParams({ author })}`

/** Guards against open redirects: returns `next` if it is a path of this site, else `otherwise`. */
export const safeRedirectPath = (next: string | null, otherwise: string): string => {
  if (next === null || !/^\/[^/\\]/.test(next)) return otherwise
  const ours = 'https://shop.invalid'
  const url = URL.canParse(next, ours) ? new URL(next, ours) : undefined
  return url?.origin === ours ? `${url.pathname}${url.search}` : otherwise
}

/** Path of the sign-in page that returns to `next`. */
export const signInPath = (next: string): string =>
  next === '/account' ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`
