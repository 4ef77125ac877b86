/** Data that a feed does not have: a category from its genres, and on request a generated price and stock. */

import { createHash } from 'node:crypto'
import type { Currency } from '../../../core/currency.ts'
import { fromDecimal, type MinorUnits } from '../../../core/money.ts'
import { truncate } from '../../../core/truncate.ts'
import { priceLevel } from '../../price.ts'

/** 'young-adult' -> 'Young Adult', the style of category names. */
export const titleCase = (genre: string): string =>
  genre
    .split(/[-_\s]+/)
    .filter(word => word !== '')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

/** The category of a book by its genres: the first of them. */
export const categoryFrom = (genres: unknown): string | undefined => {
  const first: unknown = Array.isArray(genres) ? genres[0] : undefined
  return typeof first === 'string' ? truncate(titleCase(first), 60).trim() || undefined : undefined
}

/** A price in US dollars as one of the same order in the currency: 42.99 is 42.99 euros, and 4,299 yen. */
export const samplePrice = (dollars: number, currency: Currency): MinorUnits =>
  Math.round(fromDecimal(dollars * priceLevel(currency), currency)) as MinorUnits

/** A price from 4.99 to 39.99 dollars and a stock of 0 to 60, always the same for an id; about one book in 20 is sold out. */
export const demoPriceAndStock = (
  bookId: string,
  currency: Currency,
): { readonly price: MinorUnits; readonly stock: number } => {
  const digest = createHash('sha256').update(`demo ${bookId}`).digest()
  return {
    price: samplePrice((499 + 50 * (digest.readUInt16LE(0) % 71)) / 100, currency),
    stock: digest.readUInt16LE(2) % 20 === 0 ? 0 : 1 + (digest.readUInt16LE(4) % 60),
  }
}
