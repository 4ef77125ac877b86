/**
 * Maintenance page: what the CDN answers while the shop is closed for maintenance, also when no function runs. Whether it is
 * closed is one line of the code of the CloudFront function, which `npm run maintenance` publishes anew (decision 94).
 */
import type { ErrorCode } from '#src/core/errors.ts'

const RETRY_SECONDS = '300'

/** The line of the code that says whether the shop is closed. */
const line = (isClosed: boolean): string => `var CLOSED = ${isClosed};`

/** Whether this code answers with the maintenance page; undefined for code that has none. */
export const isClosedIn = (code: string): boolean | undefined =>
  code.startsWith(line(true)) ? true : code.startsWith(line(false)) ? false : undefined

/** The same code, of a shop that is closed or open. Throws TypeError for code that has no maintenance page. */
export const withClosed = (code: string, isClosed: boolean): string => {
  const now = isClosedIn(code)
  if (now === undefined) throw new TypeError('the code must have a maintenance page')
  return line(isClosed) + code.slice(line(now).length)
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const page = (shopName: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Closed for maintenance | ${escapeHtml(shopName)}</title>
<style>body{font:1.125rem/1.6 Georgia,serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}h1{font-size:1.75rem;line-height:1.25}</style>
</head>
<body>
<main>
<p>${escapeHtml(shopName)}</p>
<h1>We’re dusting the shelves</h1>
<p>The shop is closed for maintenance and will open again shortly. Your cart and your orders are safe.</p>
<p>Please try again in a few minutes.</p>
</main>
</body>
</html>
`

const CODE: ErrorCode = 'maintenance'
const PROBLEM = {
  type: 'about:blank',
  title: 'Maintenance',
  status: 503,
  code: CODE,
  detail: 'The shop is closed for maintenance. Nothing was changed. Please try again in a few minutes.',
}

/** JavaScript without letters beyond ASCII, of which CloudFront's limit counts two or three bytes each. */
const literal = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[^\0-\x7f]/g,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Beginning of the function's code: `closed(request)` gives the response to a request while the shop is closed. */
export const createMaintenanceCode = (shopName: string): string => `${line(false)}

function closed(request) {
  // Deployments wait for it.
  if (!CLOSED || request.uri === '/api/health') return undefined;
  var isApi = /^\\/api(\\/|$)/.test(request.uri);
  return {
    statusCode: 503,
    statusDescription: 'Service Unavailable',
    headers: {
      'content-type': { value: isApi ? 'application/problem+json' : 'text/html; charset=utf-8' },
      'cache-control': { value: 'no-store' },
      'retry-after': { value: '${RETRY_SECONDS}' },
    },
    body: { encoding: 'text', data: isApi ? ${literal(JSON.stringify(PROBLEM))} : ${literal(page(shopName))} },
  };
}
`
