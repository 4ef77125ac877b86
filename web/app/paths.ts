/** Paths of pages. */
import { slugify } from '#src/core/slug.ts'

type Titled = { readonly book_id: string; readonly title: string }

/** Canonical path of a book: /books/tech-001/clean-code. */
export const bookPath = ({ book_id, title }: Titled): string => {
  const slug = slugify(title)
  return slug === '' ? `/books/${book_id}` : `/books/${book_id}/${encodeURIComponent(slug)}`
}

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
