/** How many a page of a list may hold, as a query says it: apart from the endpoints, so that none loads those of another noun. */
import * as z from 'zod'

/** A whole number in a query, from `min` to `max`. */
export const integerParam = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, { error: 'is no whole number' })
    .transform(Number)
    .pipe(z.number().min(min).max(max))

const MAX_PAGE = 50
export const PageSize = integerParam(1, MAX_PAGE).optional().describe(`1 to ${MAX_PAGE}; 24 if not given.`)
