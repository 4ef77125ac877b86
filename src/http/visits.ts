/** Visits: which requests are of shoppers who look at something, for what is counted of them. */

/** Crawlers that say so, and what draws a preview of a link. Cubot is a phone. */
const CRAWLER = /(?<!cu)bot|crawl|spider|slurp|preview|monitoring|headless/i

/** Whether a request is a visit: no HEAD, no crawler, nothing fetched before it is wanted, no page of staff. */
export const isVisit = ({ method, headers, url }: Request): boolean =>
  method === 'GET' &&
  !CRAWLER.test(headers.get('user-agent') ?? '') &&
  !(headers.get('sec-purpose') ?? '').includes('prefetch') &&
  !new URL(url).pathname.startsWith('/staff')
