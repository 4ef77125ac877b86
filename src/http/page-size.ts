/** Page size of lists, as a query parameter. In a file of its own, so that no noun loads the endpoints of another. */
import * as z from 'zod'

/** A whole number in a query, from `min` to `max`, as a number. */
export const integerParam = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, { error: 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().min(min).max(max))

const MAX_PAGE = 50
export const PageSize = integerParam(1, MAX_PAGE).optional().describe(`1 to ${MAX_PAGE}; 24 if not given.`)
