/** Uploaded covers: what they are is told by their content, and only pixels are kept of them. */
import type { Blobs } from '../core/blobs.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'

const FORMATS = new Set(['jpeg', 'png', 'webp', 'heif'])
const MAX_PIXELS = 40_000_000
const MAX_WIDTH = 1_200
const MAX_HEIGHT = 1_800
/** The widths that pages show covers at, on plain and on fine screens. */
const WIDTHS = [200, 400, 800] as const

const unsupported = () =>
  new ShopError(
    'unsupported_media_type',
    'A cover is a JPEG, PNG, WebP or AVIF image of at most 40 megapixels.',
  )

/**
 * The cover that `bytes` are, as WebP of at most 1200 by 1800, upright and without metadata. Throws unsupported_media_type.
 */
const coverOf = async (bytes: Uint8Array): Promise<Buffer> => {
  // Loaded when the first cover comes: the image library is the heaviest of all.
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

/** The cover at a width, or as it is where that is smaller, in the two forms that browsers choose from. */
const sized = async (cover: Buffer, width: number): Promise<readonly (readonly [string, Buffer])[]> => {
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
  /** The path under which the shop will serve it, new for each content: `/images/covers/<name>.webp`. */
  readonly url: string
  /**
   * Keeps it, and beside it `<name>-w<width>.avif` and `.webp` of the sizes that pages use. The path's own file comes last,
   * so that whoever sees it finds the others.
   */
  readonly keep: (blobs: Blobs) => Promise<void>
}

/** `bytes` as the cover of a book. Throws unsupported_media_type. */
export const prepareCover = async (bookId: string, bytes: Uint8Array): Promise<PreparedCover> => {
  const cover = await coverOf(bytes)
  const name = `${bookId}-${sha256(cover).slice(0, 16)}`
  const keep = async (blobs: Blobs): Promise<void> => {
    for (const width of WIDTHS)
      for (const [form, smaller] of await sized(cover, width))
        await blobs.put(`covers/${name}-w${width}.${form}`, smaller)
    await blobs.put(`covers/${name}.webp`, cover)
  }
  return { url: `/images/covers/${name}.webp`, keep }
}
