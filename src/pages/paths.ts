/** Paths of pages: which URLs are pages, how a page is logged, and what its form may hold. Public ones are in public-pages.ts. */

/** URLs that are not pages: the API, cover images, the mailbox of a local shop. */
const ELSEWHERE = /^[a-z]+:\/\/[^/]*\/(api|images|dev)([/?]|$)/

export const isPage = (url: string): boolean => !ELSEWHERE.test(url)

/** A page whose URL holds a token that works many times: no other page, not even of the shop, may learn it as a referrer. */
export const hasLastingToken = (pathname: string): boolean =>
  /^\/orders\/[^/]+\/view(\.data)?$/.test(pathname)

/** The page whose form may be redirected to a payment page on another host. */
export const redirectsToPayment = (pathname: string): boolean => pathname === '/checkout'

const FORM_BYTES = 64 * 1024
/** A cover image, and the form around it. */
const UPLOAD_BYTES = 5 * 1024 * 1024 + FORM_BYTES

/** Maximum bytes of a form of this page: `others` from everybody, `staff` from staff alone. */
export const formBytes = (pathname: string): { readonly others: number; readonly staff: number } => ({
  others: FORM_BYTES,
  staff: /^\/staff\/books\//.test(pathname) ? UPLOAD_BYTES : FORM_BYTES,
})

const FIRST_WORDS =
  /^\/(category|search|books|cart|visitor|checkout|orders|about|terms|privacy|sign-up|verify-email|sign-in|sign-out|forgot-password|reset-password|confirm-address|account|staff|covers|site|assets)(?=[./]|$)/

/** Route label of a page for the log: its first segment where that is a known one, because the rest may contain anything. */
export const pageRoute = (pathname: string): string => {
  if (pathname === '/') return '/'
  const [first] = FIRST_WORDS.exec(pathname) ?? []
  return first === undefined ? '/{page}' : pathname === first ? first : `${first}/…`
}

/** The id of the book that a page shows, if it shows one. */
export const bookOf = (pathname: string): string | undefined =>
  /^\/(?:books|covers)\/([A-Za-z0-9_-]{1,50})(?=[./]|$)/.exec(pathname)?.[1]
