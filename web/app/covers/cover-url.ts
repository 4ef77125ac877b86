/** Where the cover of a book is: the one that was uploaded here, or the one that the shop draws. */

type CoverSource = {
  readonly book_id: string
  readonly title: string
  readonly author?: string | undefined
  readonly category: string
  readonly image_url?: string | undefined
}

/** FNV-1a: changes with the words on the cover, so that a drawn one may be kept for good. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Raised when covers are drawn in another way. */
const DESIGN_VERSION = '2'

export const coverVersion = ({ title, author = '', category }: Omit<CoverSource, 'book_id'>): string =>
  hashText(`${DESIGN_VERSION}\n${title}\n${author}\n${category}`).toString(36)

const UPLOADED = '/images/covers/'
/** The widths at which the shop keeps an uploaded cover, beside the whole. */
const WIDTHS = [200, 400, 800]

/** An uploaded cover in this form at its several widths, as `srcset` wants it; undefined for a drawn one, which fits any. */
export const coverSrcSet = (
  { image_url }: Pick<CoverSource, 'image_url'>,
  form: 'avif' | 'webp',
): string | undefined => {
  if (!image_url?.startsWith(UPLOADED)) return undefined
  const name = image_url.replace(/\.webp$/, '')
  return WIDTHS.map(width => `${name}-w${width}.${form} ${width}w`).join(', ')
}

/** A picture of the cover for other sites to show, as pixels. */
export const socialImageUrl = (book: CoverSource): string => coverUrl(book).replace(/\.svg\?/, '.png?')

/** Pictures of other sites are never shown. */
export const coverUrl = (book: CoverSource): string =>
  book.image_url?.startsWith(UPLOADED)
    ? book.image_url
    : `/covers/${book.book_id}.svg?v=${coverVersion(book)}`
