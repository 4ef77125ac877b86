/** URLs of book covers: uploaded images, or covers that the shop draws. */

type CoverSource = {
  readonly book_id: string
  readonly title: string
  readonly author?: string | undefined
  readonly category: string
  readonly image_url?: string | undefined
}

/** FNV-1a hash. Versions the URL of a drawn cover by its text, so that it can be cached as immutable. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Increment when the designs change, to invalidate cached covers. */
const DESIGN_VERSION = '2'

export const coverVersion = ({ title, author = '', category }: Omit<CoverSource, 'book_id'>): string =>
  hashText(`${DESIGN_VERSION}\n${title}\n${author}\n${category}`).toString(36)

const UPLOADED = '/images/covers/'
/** Widths of the resized versions of an uploaded cover. */
const WIDTHS = [200, 400, 800]

/** `srcset` of an uploaded cover in this format; undefined for a drawn cover, which is a vector image. */
export const coverSrcSet = (
  { image_url }: Pick<CoverSource, 'image_url'>,
  form: 'avif' | 'webp',
): string | undefined => {
  if (!image_url?.startsWith(UPLOADED)) return undefined
  const name = image_url.replace(/\.webp$/, '')
  return WIDTHS.map(width => `${name}-w${width}.${form} ${width}w`).join(', ')
}

/** URL of a raster image of the cover, for link previews on other sites. */
export const socialImageUrl = (book: CoverSource): string => coverUrl(book).replace(/\.svg\?/, '.png?')

/** URL of the cover: the uploaded image, or else the drawn one. Images on other hosts are never shown. */
export const coverUrl = (book: CoverSource): string =>
  book.image_url?.startsWith(UPLOADED)
    ? book.image_url
    : `/covers/${book.book_id}.svg?v=${coverVersion(book)}`
