/**
 * The drawn cover of a book: /covers/tech-001.svg for pages, and /covers/tech-001.png for whoever shows a link to the book
 * elsewhere, where an SVG is no picture.
 */
import { data } from 'react-router'
import { getBook } from '#src/catalog/api.ts'
import { coverVersion } from '../covers/cover-url.ts'
import { drawCover } from '../covers/draw.server.ts'
import { pageContext } from '../loading/page-context.ts'
import type { Route } from './+types/cover'

const FOR_GOOD = 'public, max-age=31536000, immutable'

const renderPng = async (svg: string): Promise<Uint8Array<ArrayBuffer>> => {
  // Loaded when the first is asked for: the image library is the heaviest of all.
  const { default: sharp } = await import('sharp')
  return new Uint8Array(await sharp(Buffer.from(svg)).png({ palette: true }).toBuffer())
}

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const [, bookId, form] = /^([A-Za-z0-9_-]{1,50})\.(svg|png)$/.exec(params.file) ?? []
  if (bookId === undefined) throw data(null, { status: 404 })
  const book = await context.get(pageContext).read(getBook, { params: { book_id: bookId } })
  const svg = drawCover(book)
  const headers = new Headers({ 'content-type': form === 'png' ? 'image/png' : 'image/svg+xml' })
  // An address with the words' own version never changes what it shows.
  if (url.searchParams.get('v') === coverVersion(book)) headers.set('cache-control', FOR_GOOD)
  return new Response(form === 'png' ? await renderPng(svg) : svg, { headers })
}
