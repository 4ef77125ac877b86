/** Addresses of pages, made of what they are about. */
import { slugify } from '#src/core/slug.ts'

type Titled = { readonly book_id: string; readonly title: string }

/** The one address of a book: /books/tech-001/clean-code. */
export const bookPath = ({ book_id, title }: Titled): string => {
  const slug = slugify(title)
  return slug === '' ? `/books/${book_id}` : `/books/${book_id}/${encodeURIComponent(slug)}`
}

export const authorPath = (author: string): string => `/search?${new URLSearchParams({ author })}`

/** A path of our own that `next` names, or `otherwise`: no other site's, however it is spelled. */
export const safeRedirectPath = (next: string | null, otherwise: string): string => {
  if (next === null || !/^\/[^/\\]/.test(next)) return otherwise
  const ours = 'https://shop.invalid'
  const url = URL.canParse(next, ours) ? new URL(next, ours) : undefined
  return url?.origin === ours ? `${url.pathname}${url.search}` : otherwise
}

/** Where one signs in to go on to this page. */
export const signInPath = (next: string): string =>
  next === '/account' ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`
