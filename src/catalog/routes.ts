/** The catalogue's handlers. */
import { type Context, type Route, route } from '../http/app.ts'
import { actorOf } from '../http/identity.ts'
import * as api from './api.ts'
import { browse, categories, suggest, titles } from './browse.ts'
import { prepareCover } from './cover.ts'
import type { Book } from './schema.ts'
import * as service from './service.ts'
import { detailOf, staffViewOf } from './views.ts'

/** A list that changed a moment ago may be given for this long, so that a busy day's sales do not empty the cache. */
const LIST_MS = 1_000
/** A book that somebody changed behind our back is found within this time. */
const BOOK_MS = 60_000

type Caching = Pick<Context<never>, 'cacheWhile'>

const cacheList = ({ liveIndex }: service.CatalogDeps, { cacheWhile }: Caching): void => {
  if (!liveIndex.index) return
  const made = liveIndex.listVersion
  const at = Date.now()
  cacheWhile(() => {
    const { contentVersion, editVersion } = liveIndex.listVersion
    return (
      editVersion === made.editVersion &&
      (contentVersion === made.contentVersion || Date.now() - at < LIST_MS)
    )
  })
}

const cacheBook = ({ liveIndex }: service.CatalogDeps, bookId: string, { cacheWhile }: Caching): void => {
  const made = liveIndex.bookVersion(bookId)
  const at = Date.now()
  cacheWhile(() => liveIndex.bookVersion(bookId) === made && Date.now() - at < BOOK_MS)
}

const forStaff = (book: Book, headers: Map<string, string>) => {
  headers.set('etag', service.etagOf(book))
  return staffViewOf(book)
}

export const catalogRoutes = (deps: service.CatalogDeps): Route[] => [
  route(api.searchBooks, async context => {
    cacheList(deps, context)
    return browse(deps, context.query)
  }),
  route(api.suggestBooks, async context => {
    cacheList(deps, context)
    return { items: [...(await suggest(deps, context.query.q, context.query.limit ?? 8))] }
  }),
  route(api.categoryBooks, async context => {
    cacheList(deps, context)
    return browse(deps, { ...context.query, category: context.params.category })
  }),
  route(api.listCategories, async context => {
    cacheList(deps, context)
    return { items: (await categories(deps)).map(({ value, count }) => ({ category: value, count })) }
  }),
  route(api.listTitles, async context => {
    cacheList(deps, context)
    return titles(deps, context.query.part ?? 1)
  }),
  route(api.browseBooks, async context => {
    cacheList(deps, context)
    return browse(deps, context.query)
  }),
  route(api.getBook, async context => {
    const { book_id } = await service.locate(deps, context.params.book_id)
    cacheBook(deps, book_id, context)
    return detailOf(await service.getBook(deps, book_id))
  }),
  route(api.getStaffBook, async ({ params, answerHeaders }) =>
    forStaff(await service.getStaffBook(deps, params.book_id), answerHeaders),
  ),
  route(api.createBook, async ({ identity, body, answerHeaders }) => {
    answerHeaders.set('location', `/api/books/${body.book_id}`)
    return forStaff(await service.createBook(deps, await actorOf(identity), body), answerHeaders)
  }),
  route(api.replaceBook, async ({ identity, params, headers, body, answerHeaders }) => {
    const actor = await actorOf(identity)
    const book = await service.replaceBook(deps, actor, params.book_id, headers['if-match'], body)
    return forStaff(book, answerHeaders)
  }),
  route(api.changeBook, async ({ identity, params, headers, body, answerHeaders }) => {
    const actor = await actorOf(identity)
    const book = await service.changeBook(deps, actor, params.book_id, headers['if-match'], body)
    return forStaff(book, answerHeaders)
  }),
  route(api.deleteBook, async ({ identity, params }) => {
    await service.deleteBook(deps, await actorOf(identity), params.book_id)
    return undefined
  }),
  route(api.putCover, async ({ identity, params, body, answerHeaders }) => {
    const { book_id } = await service.getStaffBook(deps, params.book_id)
    const { url, keep } = await prepareCover(book_id, body)
    await keep(deps.blobs)
    return forStaff(await service.setCover(deps, await actorOf(identity), book_id, url), answerHeaders)
  }),
]
