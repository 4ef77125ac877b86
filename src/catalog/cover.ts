/** Uploaded covers: what they are is told by their content, and only pixels are kept of them. */

import type { Blobs } from '../core/blobs.ts'
import { ShopError } from '../core/errors.ts'
import { sha256 } from '../core/ids.ts'

const FORMATS = new Set(['jpeg', 'png', 'webp', 'heif'])
const MAX_PIXELS = 40_000_000
const MAX_WIDTH = 1_200
const MAX_HEIGHT = 1_800

const unsupported = () =>
  new ShopError(
    'unsupported_media_type',
    'A cover is a JPEG, PNG, WebP or AVIF image of at most 40 megapixels.',
  )

/**
 * Keeps `bytes` as the cover of a book: WebP, at most 1200 by 1800, turned upright, without metadata. Returns the path
 * under which the shop serves it, new for each content. Throws unsupported_media_type.
 */
export const keepCover = async (blobs: Blobs, bookId: string, bytes: Uint8Array): Promise<string> => {
  // Loaded when the first cover comes: the image library is the heaviest of all.
  const { default: sharp } = await import('sharp')
  let cover: Buffer
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    if (!FORMATS.has((await image.metadata()).format)) throw unsupported()
    cover = await image
      .rotate()
      .resize({ width: MAX_WIDTH, height: MAX_HEIGHT, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82 })
      .toBuffer()
  } catch {
    throw unsupported()
  }
  const file = `${bookId}-${sha256(cover).slice(0, 16)}.webp`
  await blobs.put(`covers/${file}`, cover)
  return `/images/covers/${file}`
}
