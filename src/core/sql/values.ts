/** Values as both clients of PostgreSQL send and read them. */
import type { SqlParam } from './sql.ts'

/** An integer as a number. Throws RangeError where it does not fit. */
export const parseInteger = (text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`${text} does not fit into a number: select it as text`)
}

/** The text of a parameter; null for none. Objects and arrays are JSON. */
export const toText = (param: SqlParam): string | null => {
  if (param === null || param === undefined) return null
  return typeof param === 'object' ? JSON.stringify(param) : String(param)
}
