/**
 * Resource route of drawn covers: /covers/tech-001.svg for pages, and /covers/tech-001.png for link previews,
 * which do not support SVG.
 */
import { data } from 'react-router'
import { getBook } from '#src/catalog/api.ts'
import { coverVersion } from '../covers/cover-url.ts'
import { drawCover } from '../covers/draw.server.ts'
import { pageContext } from '../loading/page-context.ts'
import type { Route } from './+types/cover'

const renderPng = async (svg: string): Promise<Uint8Array<ArrayBuffer>> => {
  // Loaded on demand, because the image library is large.
  const { default: sharp } = await import('sharp')
  return new Uint8Array(await sharp(Buffer.from(svg)).png({ palette: true }).toBuffer())
}

export const loader = async ({ context, params }: Route.LoaderArgs) => {
  const [, bookId, form] = /^([A-Za-z0-9_-]{1,50})\.(svg|png)$/.exec(params.file) ?? []
  if (bookId === undefined) throw data(null, { status: 404 })
  const book = await context.get(pageContext).read(getBook, { params: { book_id: bookId } })
  const svg = drawCover(book)
  return new Response(form === 'png' ? await renderPng(svg) : svg, {
    headers: {
      'content-type': form === 'png' ? 'image/png' : 'image/svg+xml',
      // For the server of the pages: a URL with this version is immutable.
      'x-cover-version': coverVersion(book),
    },
  })
}
