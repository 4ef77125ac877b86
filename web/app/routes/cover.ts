/** The drawn cover of a book: /covers/tech-001.svg. */
import { data } from 'react-router'
import { getBook } from '../../../src/catalog/api.ts'
import { coverVersion } from '../covers/cover-address.ts'
import { drawCover } from '../covers/draw.server.ts'
import { visitContext } from '../shop/visit.ts'
import type { Route } from './+types/cover'

const FOR_GOOD = 'public, max-age=31536000, immutable'

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const bookId = /^([A-Za-z0-9_-]{1,50})\.svg$/.exec(params.file)?.[1]
  if (bookId === undefined) throw data(null, { status: 404 })
  const book = await context.get(visitContext).read(getBook, { params: { book_id: bookId } })
  const headers = new Headers({ 'content-type': 'image/svg+xml' })
  // An address with the words' own version never changes what it shows.
  if (url.searchParams.get('v') === coverVersion(book)) headers.set('cache-control', FOR_GOOD)
  return new Response(drawCover(book), { headers })
}
