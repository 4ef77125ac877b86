/**
 * CSRF check: an unsafe request of a browser must come from one of the shop's own pages. Browsers say where a request comes
 * from in `Sec-Fetch-Site` (Fetch Metadata), older ones in `Origin` alone. The check holds without a cookie too, or another
 * site could sign its visitors in to an account of its choice (login CSRF). A request with neither header was not sent by a browser,
 * and passes unless it carries a cookie.
 */
import { ShopError } from '../core/errors.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** `origins` are those of the shop's own pages, such as https://shop.example. Throws cross_site_request. */
export const checkCsrf = ({ method, headers }: Request, origins: ReadonlySet<string>): void => {
  if (SAFE_METHODS.has(method)) return
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const isTrusted =
    site !== null ? site === 'same-origin' : origin !== null ? origins.has(origin) : !headers.has('cookie')
  if (!isTrusted)
    throw new ShopError('cross_site_request', 'This request does not come from this shop’s own pages.')
}
