/** Visits: which requests are of shoppers who look at something, for what is counted of them. */

/** Crawlers that say so, and what draws a preview of a link. Cubot is a phone. */
const CRAWLER = /(?<!cu)bot|crawl|spider|slurp|preview|monitoring|headless/i

/** Header of the calls of a Pages function, which say of its visitor what the browser's own headers would: see `PAGE_CALLS`. */
export const PAGE_CALL = 'x-page-call'
export const PAGE_CALLS = { visit: 'visit', other: '1' } as const

/** Whether a request is a visit: no HEAD, no crawler, nothing fetched before it is wanted, no page of staff. */
export const isVisit = ({ method, headers, url }: Request): boolean =>
  method === 'GET' &&
  (headers.get(PAGE_CALL) ?? PAGE_CALLS.visit) === PAGE_CALLS.visit &&
  !CRAWLER.test(headers.get('user-agent') ?? '') &&
  !(headers.get('sec-purpose') ?? '').includes('prefetch') &&
  !new URL(url).pathname.startsWith('/staff')
