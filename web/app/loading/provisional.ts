/** Headers of a page without one of its shelves, which may be there again in a moment. */
export const PROVISIONAL_HEADERS = { 'cache-control': 'public, max-age=0, s-maxage=5' }
