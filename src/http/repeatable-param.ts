/** Query parameters that may be there several times, each time with one more value. */
import * as z from 'zod'

const MAX_VALUES = 20

/** A list of 1 to 20 values, each a parameter of the same name. */
export const repeatableParam = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(MAX_VALUES)

const isList = (schema: unknown): boolean =>
  (schema instanceof z.ZodOptional ? schema.unwrap() : schema) instanceof z.ZodArray

/** Known names by schema, because every request asks for them. */
const known = new WeakMap<z.ZodType, ReadonlySet<string>>()

/** The names of the repeatable parameters of an endpoint's query. */
export const repeatableNames = (query: z.ZodType | undefined): ReadonlySet<string> => {
  if (!(query instanceof z.ZodObject)) return new Set()
  let names = known.get(query)
  if (names === undefined) {
    const { shape } = query
    names = new Set(Object.keys(shape).filter(name => isList(shape[name])))
    known.set(query, names)
  }
  return names
}
