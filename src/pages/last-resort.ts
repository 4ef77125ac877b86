/** Error page of last resort: plain HTML that works when the rendered pages cannot be served. */
import { type ErrorCode, errorStatus, type ShopError } from '../core/errors.ts'

const page = (title: string, text: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
<p><a href="/">Continue shopping</a></p>
</main>
</body>
</html>
`

type Texts = readonly [title: string, text: string]

const SERVER_ERROR: Texts = [
  'Something went wrong on our end',
  'The error has been logged. Please try again in a moment.',
]
const REFUSED: { readonly [code in ErrorCode]?: Texts } = {
  cross_site_request: [
    'This form wasn’t sent from our website',
    'For your security, nothing was changed. Open the page again and send the form from there.',
  ],
  body_too_large: [
    'This form is too large',
    'Please shorten what you entered, or choose a smaller file, and try again.',
  ],
  not_signed_in: [
    'Please sign in',
    'Only staff may send this form. Sign in, open the page again and send it again.',
  ],
  forbidden: ['This form is for staff', 'Nothing was changed.'],
  body_too_slow: [
    'Your form arrived too slowly',
    'Nothing was changed. Please check your connection and try again.',
  ],
  store_busy: ['We’re very busy right now', 'Please try again in a moment.'],
}
const BAD_REQUEST: Texts = ['We couldn’t read this request', 'Please open the page again and try once more.']

/** Page for a request that was refused before it reached a route, or that failed. */
export const lastResort = (refused: ShopError | undefined): Response => {
  const status = refused ? errorStatus[refused.code] : 500
  const [title, text] = refused ? (REFUSED[refused.code] ?? BAD_REQUEST) : SERVER_ERROR
  return new Response(page(title, text), {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  })
}
