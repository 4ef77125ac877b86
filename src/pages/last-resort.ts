/** The page for when the pages themselves are not to be had: plain HTML that needs nothing. */
import { errorStatus, type ShopError } from '../core/errors.ts'

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
<p><a href="/">To the front of the shop</a></p>
</main>
</body>
</html>
`

const NO_SCRIPT_OF_OURS =
  'This form was not sent from our own pages, so nothing was changed. Open the page again and send it from there.'
const TOO_LARGE = 'What was sent is larger than any form of ours.'
const BROKEN = 'Something went wrong on our side. It has been noted. Please try again in a moment.'

/** The answer to a refusal at the edge, or to a failure of ours. */
export const lastResort = (refused: ShopError | undefined): Response => {
  const status = refused ? errorStatus[refused.code] : 500
  const [title, text] =
    refused?.code === 'cross_site_request'
      ? ['Not from here', NO_SCRIPT_OF_OURS]
      : refused
        ? ['Not understood', TOO_LARGE]
        : ['Sorry', BROKEN]
  return new Response(page(title, text), {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  })
}
