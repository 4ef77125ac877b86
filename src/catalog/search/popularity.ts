/** One number for how much a book is asked for: what decides between books that fit a query equally well. */
import type { ListedBook } from '../schema.ts'

/** A book with few ratings is believed to be average until enough readers say otherwise. */
const averageRating = 3.9
const believedAfter = 200
const mostRatings = 7

/** 0 for an unrated book, about 1 for the most read ones: the logarithm of the ratings, damped by their mean. */
export function popularity(book: Pick<ListedBook, 'average_rating' | 'ratings_count'>): number {
  const count = Math.max(0, book.ratings_count ?? 0)
  const rating = book.average_rating ?? averageRating
  const believed = (count * rating + believedAfter * averageRating) / (count + believedAfter)
  return (Math.log10(1 + count) / mostRatings) * (0.7 + (0.3 * believed) / 5)
}
