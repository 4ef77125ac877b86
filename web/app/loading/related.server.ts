/** Related books: more by the author, and more of the category. */
import type { BookDetail } from '#src/catalog/schema.ts'
import { listRelatedBooks, type RelatedBooks } from '#src/catalog/shelves-api.ts'
import { type BookCardData, toCards } from './cards.server.ts'
import type { PageContext } from './page-context.ts'

export type Related = {
  readonly author: string
  readonly byAuthor: readonly BookCardData[]
  readonly inCategory: readonly BookCardData[]
}

/** None if the API fails. */
export const readRelated = async (ctx: PageContext, { book_id, author }: BookDetail): Promise<Related> => {
  const none: RelatedBooks = { author, by_author: [], in_category: [], complete: false }
  const related = await ctx.call(listRelatedBooks, { params: { book_id } }).catch(() => none)
  return {
    author: related.author,
    byAuthor: toCards(ctx, related.by_author),
    inCategory: toCards(ctx, related.in_category),
  }
}
