/** Stored items as a person reads them in an export: names in snake_case, times in ISO 8601. */
import type { Item } from '../core/dynamo/write.ts'

const toSnakeCase = (name: string): string =>
  name.replace(/(?<=[a-z\d])[A-Z]+/g, letters => `_${letters.toLowerCase()}`)

/** A time that is stored as epoch seconds, because the table expires items by it. */
const toTime = (name: string, seconds: unknown): unknown => {
  if (!name.endsWith('_at') || typeof seconds !== 'number') return seconds
  const time = new Date(seconds * 1000)
  // Another client may have stored a number that is no time.
  return Number.isNaN(time.getTime()) ? seconds : time.toISOString()
}

const readableValue = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(readableValue)
  return typeof value === 'object' && value !== null ? readableItem({ ...value }) : value
}

export const readableItem = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item).map(([stored, value]) => {
      const name = toSnakeCase(stored)
      return [name, readableValue(toTime(name, value))]
    }),
  )
