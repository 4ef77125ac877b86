/** The API's documentation: the document, and a page that renders it with nothing from another host. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Hono } from 'hono'

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CloudShelf API</title>
<script type="module" src="/api/docs/rapidoc.js"></script>
</head>
<body>
<rapi-doc spec-url="/api/openapi.json" render-style="read" show-header="false" load-fonts="false" allow-authentication="true"
 regular-font="system-ui, sans-serif" mono-font="ui-monospace, monospace" schema-style="table" show-method-in-nav-bar="as-colored-text" theme="light"
 primary-color="#8a3b12" nav-bg-color="#2b2623"></rapi-doc>
<noscript>This page needs JavaScript. The document itself is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
</body>
</html>
`

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Mounts /api/openapi.json, /api/docs and the script of the page. */
export const docsRoutes = (app: Hono, serverUrl: string): void => {
  app.get('/api/openapi.json', async c => {
    // The generator and all endpoints are for this answer alone, and are loaded with it.
    const { shopDocument } = await import('./shop-document.ts')
    return c.json(shopDocument(serverUrl), 200, {
      'cache-control': 'public, max-age=0, s-maxage=60',
    })
  })
  app.get('/api/docs', c =>
    c.html(PAGE, 200, { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' }),
  )
  app.get('/api/docs/rapidoc.js', async c => {
    const script = await readFile(createRequire(import.meta.url).resolve('rapidoc/dist/rapidoc-min.js'))
    return c.body(script, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    })
  })
}
