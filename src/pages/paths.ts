/** Which addresses are pages, and which of them are the same for everyone. What is not said to be public is private. */

/** Absolute URLs of the API, and of what is served beside it: covers, the mailbox of a local shop. */
const ELSEWHERE = /^[a-z]+:\/\/[^/]*\/(api|images|dev)([/?]|$)/

const PUBLIC = [
  /^\/$/,
  /^\/(about|privacy|search)$/,
  /^\/(category|books|covers)\/[^/]+(\/[^/]*)?$/,
  // The data of the same pages, for a browser that has the page around it already.
  /^\/_root$/,
  /^\/_$/,
]

export const isPage = (url: string): boolean => !ELSEWHERE.test(url)

export const isPublicPage = (pathname: string): boolean => {
  const page = pathname.endsWith('.data') ? pathname.slice(0, -'.data'.length) : pathname
  return PUBLIC.some(one => one.test(page))
}

const FORM_BYTES = 64 * 1024
/** A cover, and the form around it. */
const UPLOAD_BYTES = 5 * 1024 * 1024 + FORM_BYTES

/** How many bytes a form of this page may have. */
export const formBytes = (pathname: string): number =>
  /^\/staff\/books\//.test(pathname) ? UPLOAD_BYTES : FORM_BYTES

const FIRST_WORDS =
  /^\/(category|search|books|cart|visitor|checkout|orders|about|privacy|sign-up|verify-email|sign-in|sign-out|forgot-password|reset-password|confirm-address|account|staff|covers|assets)(?=[./]|$)/

/** The pattern of a page's address, for the log: its first word where that is one of ours, since the rest may be anything. */
export const pageRoute = (pathname: string): string => {
  if (pathname === '/') return '/'
  const [first] = FIRST_WORDS.exec(pathname) ?? []
  return first === undefined ? '/{page}' : pathname === first ? first : `${first}/…`
}

/** The book that a page is about, if it is about one. */
export const bookOf = (pathname: string): string | undefined =>
  /^\/(?:books|covers)\/([A-Za-z0-9_-]{1,50})(?=[./]|$)/.exec(pathname)?.[1]
