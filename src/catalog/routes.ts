/** Handlers of the catalogue's endpoints, and how long their responses stay fresh. */

import { requireActor } from '../http/identity.ts'
import { type Context, type Route, route } from '../http/route.ts'
import * as api from './api.ts'
import { browse, categories, suggest, titles } from './browse.ts'
import { prepareCover } from './cover.ts'
import { createCoverQueue } from './cover-queue.ts'
import type { CatalogDeps } from './deps.ts'
import { etagOf, getBook, getStaffBook, locateBook } from './lookup.ts'
import { readRenamed } from './renamed-categories.ts'
import type { Book } from './schema.ts'
import * as service from './service.ts'
import { readFrontPage, readRelatedBooks } from './shelves.ts'
import * as shelvesApi from './shelves-api.ts'
import * as staffApi from './staff-api.ts'
import { toDetail, toStaffView } from './views.ts'

/** How long a list stays fresh after sales have changed it, so that a busy day does not empty the response cache. */
const LIST_MS = 1_000
/** How long a list from the table stays fresh, where the index is too large for the function. */
const TABLE_LIST_MS = 5_000
/** How long a book stays fresh at most, so that a change by a foreign client shows. */
const BOOK_MS = 60_000

type Caching = Pick<Context<never>, 'cacheWhile'>

const cacheList = ({ liveIndex }: CatalogDeps, { cacheWhile }: Caching): void => {
  if (liveIndex.tooLarge) {
    // Answered from the table, as long as the function has too little memory: there is no version to compare.
    const since = Date.now()
    cacheWhile(() => Date.now() - since < TABLE_LIST_MS)
    return
  }
  if (!liveIndex.index) return
  const version = liveIndex.listVersion
  const at = Date.now()
  cacheWhile(() => {
    const { contentVersion, editVersion } = liveIndex.listVersion
    return (
      editVersion === version.editVersion &&
      (contentVersion === version.contentVersion || Date.now() - at < LIST_MS)
    )
  })
}

/** A check that a book, which is read after this call, is still what the table has. */
const createBookCheck = ({ liveIndex }: CatalogDeps, bookId: string): (() => boolean) => {
  const version = liveIndex.bookVersion(bookId)
  const at = Date.now()
  return () => liveIndex.bookVersion(bookId) === version && Date.now() - at < BOOK_MS
}

const forStaff = ({ currency }: CatalogDeps, book: Book, headers: Map<string, string>) => {
  headers.set('etag', etagOf(book))
  return toStaffView(book, currency)
}

/** A page of books, which is counted as a search if it is one. Cached responses are not. */
const search = async (deps: CatalogDeps, query: api.BrowseParams): Promise<api.BookPage> => {
  const page = await browse(deps, query)
  deps.searchTerms?.count(query, page.total)
  return page
}

const enqueueCover = createCoverQueue()

export const catalogRoutes = (deps: CatalogDeps): Route[] => [
  route(api.searchBooks, async context => {
    cacheList(deps, context)
    return search(deps, context.query)
  }),
  route(api.suggestBooks, async context => {
    cacheList(deps, context)
    return { items: await suggest(deps, context.query.q, context.query.limit ?? 8) }
  }),
  route(api.categoryBooks, async context => {
    cacheList(deps, context)
    return browse(deps, { ...context.query, category: [context.params.category] })
  }),
  route(api.listCategories, async context => {
    cacheList(deps, context)
    return { items: (await categories(deps)).map(({ value, count }) => ({ category: value, count })) }
  }),
  route(api.listRenamedCategories, async context => {
    cacheList(deps, context)
    const renamed = await readRenamed(deps)
    return { items: [...renamed].map(([category, now]) => ({ category, now })) }
  }),
  route(api.listTitles, async context => {
    cacheList(deps, context)
    return titles(deps, context.query.part ?? 1)
  }),
  route(api.browseBooks, async context => {
    cacheList(deps, context)
    return search(deps, context.query)
  }),
  route(shelvesApi.getFrontPage, async context => {
    cacheList(deps, context)
    const page = await readFrontPage(deps)
    if (!page.complete) context.cacheWhile(() => false)
    return page
  }),
  route(shelvesApi.listRelatedBooks, async context => {
    cacheList(deps, context)
    const related = await readRelatedBooks(deps, context.params.book_id)
    if (!related.complete) context.cacheWhile(() => false)
    return related
  }),
  route(api.getBook, async context => {
    const key = await locateBook(deps, context.params.book_id)
    const isFresh = createBookCheck(deps, key.book_id)
    const book = toDetail(await getBook(deps, key), deps.currency)
    // The last copies may be sold within seconds, which no purge of a CDN could follow.
    context.cacheWhile(isFresh, book.availability === 'few_left' ? 'brief' : 'normal')
    return book
  }),
  route(staffApi.getStaffBook, async ({ params, responseHeaders }) =>
    forStaff(deps, await getStaffBook(deps, params.book_id), responseHeaders),
  ),
  route(staffApi.createBook, async ({ identity, body, responseHeaders }) => {
    responseHeaders.set('location', `/api/books/${body.book_id}`)
    return forStaff(deps, await service.createBook(deps, await requireActor(identity), body), responseHeaders)
  }),
  route(staffApi.replaceBook, async ({ identity, params, headers, body, responseHeaders }) => {
    const target = {
      actor: await requireActor(identity),
      bookId: params.book_id,
      ifMatch: headers['if-match'],
    }
    const book = await service.replaceBook(deps, target, body)
    return forStaff(deps, book, responseHeaders)
  }),
  route(staffApi.changeBook, async ({ identity, params, headers, body, responseHeaders }) => {
    const target = {
      actor: await requireActor(identity),
      bookId: params.book_id,
      ifMatch: headers['if-match'],
    }
    const book = await service.changeBook(deps, target, body)
    return forStaff(deps, book, responseHeaders)
  }),
  route(staffApi.deleteBook, async ({ identity, params }) => {
    await service.deleteBook(deps, await requireActor(identity), params.book_id)
    return undefined
  }),
  route(staffApi.putCover, async ({ identity, params, body, responseHeaders }) => {
    const { book_id } = await locateBook(deps, params.book_id)
    const url = await enqueueCover(async () => {
      const cover = await prepareCover(book_id, body)
      await cover.store(deps.blobs)
      return cover.url
    })
    return forStaff(
      deps,
      await service.setCover(deps, await requireActor(identity), book_id, url),
      responseHeaders,
    )
  }),
]
