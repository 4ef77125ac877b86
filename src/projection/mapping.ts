/** What a mapper makes of an item, and the values that PostgreSQL takes. */

import type { SearchDocument } from '../catalog/search/sql/document.ts'
import type { Currency } from '../core/currency.ts'
import type { Item } from '../core/dynamo/write.ts'
import { type MinorUnits, multiply } from '../core/money.ts'
import type { Json } from '../core/sql/sql.ts'
import type { Pseudonyms } from './pseudonyms.ts'

export type Columns = Readonly<Record<string, Json>>

/** The rows of an item: one of the table itself, and those of the tables that depend on it, by table. */
export type Rows = {
  readonly row: Columns
  readonly children: Readonly<Record<string, readonly Columns[]>>
  /** What search finds a book by; undefined for what the public does not see. */
  readonly search?: SearchDocument
}

export type MapContext = {
  readonly pseudonyms: Pseudonyms
  /** The shop's, of amounts that name none. */
  readonly currency: Currency
}

/** Makes the rows of an item. Throws Unmappable for an item that cannot be read as what its table holds. */
export type MapItem = (item: Item, context: MapContext) => Rows

/** The item stays out of the projection: it is parked, named with the reason, and tried again when it changes. */
export class Unmappable extends Error {}

/** PostgreSQL has no text with NUL, which DynamoDB allows. */
export const text = (value: string): string => value.replaceAll('\0', '\uFFFD').toWellFormed()

export const optionalText = (value: string | undefined): string | null =>
  value === undefined ? null : text(value)

/** A time that PostgreSQL takes; null for one that another client wrote in its own way. */
export const instant = (value: string | undefined): string | null => {
  const date = new Date(value ?? '')
  const year = Number.isNaN(date.getTime()) ? 0 : date.getUTCFullYear()
  // The epoch stands for a time that is unknown.
  return year > 0 && year < 10_000 && date.getTime() !== 0 ? date.toISOString() : null
}

/** A day; null for a text that is none. */
export const day = (value: string): string | null =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && instant(`${value}T00:00:00Z`)?.startsWith(value) ? value : null

/** A whole amount. One that another client stored with more decimals than its currency has is rounded half up. */
export const amount = (value: MinorUnits): number => {
  try {
    return multiply(value, 1)
  } catch {
    throw new Unmappable('an amount is too large')
  }
}

const MAX_INT = 2_147_483_647

/** A whole number that fits into a column `int`. */
export const int = (value: number): number => {
  if (Math.abs(value) <= MAX_INT) return value
  throw new Unmappable(`${value} is too large`)
}

/** ISO 3166 code of a country; null for anything else. */
export const countryCode = (value: string | undefined): string | null =>
  value !== undefined && /^[A-Z]{2}$/.test(value) ? value : null
