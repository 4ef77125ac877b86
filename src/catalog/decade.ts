/** Decades in which books were published, as a filter has them. */

/** Everything before this year is one value. */
const FIRST_YEAR = 1900

export const BEFORE_FIRST_DECADE = `before-${FIRST_YEAR}`

/** The decade of a year (negative before our era) by its first year, for example `1990`. */
export const decadeOf = (year: number): string =>
  year < FIRST_YEAR ? BEFORE_FIRST_DECADE : String(year - (year % 10))
