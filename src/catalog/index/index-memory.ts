/**
 * Memory that an index needs, so that a function too small for its catalogue does without the index instead of being killed while it
 * loads. The figures are measured by `npm run bench:memory` under a real limit.
 */
import type { FacetValue, IndexExtent } from '../search/book-index.ts'

/** What a function uses before it has any book, garbage included. */
const FUNCTION_BYTES = 200e6
/** A row with its columns and postings. The letters of titles and authors count again as words. */
const BOOK_BYTES = 1_000
const LETTER_BYTES = 7

/** Megabytes of memory that a function must have to serve an index of this extent, and to write its snapshot. */
export const neededMegabytes = ({ books, letters }: IndexExtent): number =>
  Math.ceil((FUNCTION_BYTES + books * BOOK_BYTES + letters * LETTER_BYTES) / 2 ** 20)

/** An average book has so many letters in title and author; for estimates before the books are known. */
const LETTERS_PER_BOOK = 55

/** As `neededMegabytes`, for a number of books of which nothing else is known. */
export const estimateMegabytes = (books: number): number =>
  neededMegabytes({ books, letters: books * LETTERS_PER_BOOK })

/** Why a process has no index: its catalogue needs more megabytes than it has. */
export type TooLarge = {
  readonly extent: IndexExtent
  readonly neededMegabytes: number
  readonly availableMegabytes: number
  /** All categories that have books, by count. */
  readonly categories: readonly FacetValue[]
}

/** Megabytes of these functions where the deployment does not say otherwise. */
export const FUNCTION_MEMORY = 1024

/** The functions that hold the index, and the deployment option that gives them memory. */
export const memoryOption = (megabytes: number): string =>
  `memory=BookCatalog=${roundUp(megabytes)},IndexConsumer=${roundUp(megabytes)}`

/** Steps in which one sets a function's memory. */
const MEMORY_STEP = 256
const roundUp = (megabytes: number): number => Math.ceil(megabytes / MEMORY_STEP) * MEMORY_STEP

/** Megabytes that these functions should be deployed with for a number of books. */
export const deployedMegabytes = (books: number): number =>
  Math.max(FUNCTION_MEMORY, roundUp(estimateMegabytes(books)))

/** For the log: what is missing, and how to change it. */
export const explainTooLarge = ({ extent, neededMegabytes: needed, availableMegabytes }: TooLarge): string =>
  `the search index of ${extent.books.toLocaleString('en-US')} books needs ${needed} MB, and this function has ${availableMegabytes} MB: search is off. Deploy with --context ${memoryOption(needed)}`

/** Whether an index of this extent fits into `available` megabytes; undefined is no limit. */
export const fitsInto = (available: number | undefined, extent: IndexExtent): boolean =>
  available === undefined || neededMegabytes(extent) <= available
