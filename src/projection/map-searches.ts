/** Rows of counted search terms: those of one day that one process has counted. */
import { parseSearchTerms } from '../catalog/search-terms.ts'
import { day, int, type MapItem, text, Unmappable } from './mapping.ts'

const parse = (item: Parameters<MapItem>[0]) => {
  try {
    return parseSearchTerms(item)
  } catch {
    throw new Unmappable('not counted search terms')
  }
}

export const mapSearches: MapItem = item => {
  const parsed = parse(item)
  const on = day(parsed.day)
  if (on === null) throw new Unmappable('not a day')
  return {
    row: { day: on },
    children: {
      searches: parsed.terms.map(({ term, times, withoutResult }) => ({
        day: on,
        words: text(term),
        times: int(times),
        without_result: int(withoutResult),
      })),
    },
  }
}
