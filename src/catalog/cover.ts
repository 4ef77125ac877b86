/** Cover images: the type is sniffed from the bytes, and images are re-encoded without metadata. */
import type { Blobs } from '../core/blobs.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'

const FORMATS = new Set(['jpeg', 'png', 'webp', 'heif'])
const MAX_PIXELS = 40_000_000
const MAX_WIDTH = 1_200
const MAX_HEIGHT = 1_800
/** The widths in which pages use covers, on standard and on high-density screens. */
const WIDTHS = [200, 400, 800] as const

const unsupported = () =>
  new ShopError(
    'unsupported_media_type',
    'The cover must be a JPEG, PNG, WebP or AVIF image of at most 40 megapixels.',
  )

/** The image as WebP of at most 1200 by 1800 pixels, upright and without metadata. Throws unsupported_media_type. */
const encodeCover = async (bytes: Uint8Array): Promise<Buffer> => {
  // Imported with the first cover: the image library is the heaviest dependency.
  const { default: sharp } = await import('sharp')
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    if (!FORMATS.has((await image.metadata()).format)) throw unsupported()
    return await image
      .rotate()
      .resize({ width: MAX_WIDTH, height: MAX_HEIGHT, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82 })
      .toBuffer()
  } catch {
    throw unsupported()
  }
}

/** The cover at a width, never enlarged, in the two formats that browsers choose from. */
const resize = async (cover: Buffer, width: number): Promise<readonly (readonly [string, Buffer])[]> => {
  const { default: sharp } = await import('sharp')
  const image = sharp(cover).resize({ width, withoutEnlargement: true })
  return Promise.all([
    image
      .clone()
      .avif({ quality: 55, effort: 3 })
      .toBuffer()
      .then(bytes => ['avif', bytes] as const),
    image
      .clone()
      .webp({ quality: 78 })
      .toBuffer()
      .then(bytes => ['webp', bytes] as const),
  ])
}

export type PreparedCover = {
  /** The path under which the shop serves it, unique for its content: `/images/covers/<name>.webp`. */
  readonly url: string
  /**
   * Stores it, and `<name>-w<width>.avif` and `.webp` in the sizes that pages use. The file of the path itself is stored last:
   * once it exists, the others do.
   */
  readonly store: (blobs: Blobs) => Promise<void>
}

const COVER_URL = /^\/images\/covers\/([A-Za-z0-9_-]+)\.webp$/

/** The names of all blobs of the cover at this URL path; none for a URL that is not a cover of the shop. */
export const coverBlobs = (url: unknown): readonly string[] => {
  const name = typeof url === 'string' ? COVER_URL.exec(url)?.[1] : undefined
  if (name === undefined) return []
  const sizes = WIDTHS.flatMap(width => [`covers/${name}-w${width}.avif`, `covers/${name}-w${width}.webp`])
  return [...sizes, `covers/${name}.webp`]
}

/** Prepares uploaded `bytes` as the cover of a book. Throws unsupported_media_type. */
export const prepareCover = async (bookId: string, bytes: Uint8Array): Promise<PreparedCover> => {
  const cover = await encodeCover(bytes)
  const name = `${bookId}-${sha256(cover).slice(0, 16)}`
  const store = async (blobs: Blobs): Promise<void> => {
    for (const width of WIDTHS)
      for (const [format, bytes] of await resize(cover, width))
        await blobs.put(`covers/${name}-w${width}.${format}`, bytes)
    await blobs.put(`covers/${name}.webp`, cover)
  }
  return { url: `/images/covers/${name}.webp`, store }
}
