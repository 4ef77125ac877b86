/** Popularity: one number that decides between books that fit a query equally well. */
import type { ListedBook } from '../schema.ts'

/** Bayesian average: the mean of a book with few ratings is drawn to the usual one, as if it had this many of those. */
const PRIOR_RATING = 3.9
const PRIOR_COUNT = 200
/** The logarithm of the ratings of the most read books. */
const MAX_LOG_RATINGS = 7

/** 0 for an unrated book, about 1 for the most read ones: the logarithm of the ratings, damped by their mean. */
export const popularity = (book: Pick<ListedBook, 'average_rating' | 'ratings_count'>): number => {
  const count = Math.max(0, book.ratings_count ?? 0)
  const rating = book.average_rating ?? PRIOR_RATING
  const smoothed = (count * rating + PRIOR_COUNT * PRIOR_RATING) / (count + PRIOR_COUNT)
  return (Math.log10(1 + count) / MAX_LOG_RATINGS) * (0.7 + (0.3 * smoothed) / 5)
}
