/** API documentation: the OpenAPI document, and a page that renders it without anything from another host. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Context, Hono } from 'hono'
import { html, raw } from 'hono/html'

/** The renderer's file input is the only field it leaves without a label. */
const LABELS = `document.addEventListener('spec-loaded', ({ target: { shadowRoot } }) =>
  new MutationObserver(() => {
    for (const input of shadowRoot.querySelectorAll('input[type=file]:not([aria-label])')) input.ariaLabel = 'Request body'
  }).observe(shadowRoot, { childList: true, subtree: true }))`

const page = (name: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} API</title>
<style>
body { font-family: system-ui, sans-serif }
h1 { font-size: 2rem }
@media (max-width: 767px) { openapi-explorer > div { padding: 0 16px } }
a { color: #8a3b12 }
openapi-explorer { --font-size-regular: 16px; --font-size-small: 14px; --font-size-mono: 14px; --light-fg: #666; --nav-path-padding: 7px 8px 7px 1.5rem;
  --blue: #1a5f9e; --green: #1f6f35; --red: #b3261e; --orange: #94490a; --yellow: #7a5c00; --purple: #6f42c1 }
</style>
<script>${raw(LABELS)}</script>
<script type="module" src="/api/docs/openapi-explorer.js"></script>
</head>
<body>
<openapi-explorer spec-url="/api/openapi.json" hide-server-selection hide-authentication
 primary-color="#8a3b12" secondary-color="#8a3b12" text-color="#2b2623"
 nav-bg-color="#f6f1ea" nav-text-color="#4a403a" nav-hover-bg-color="#eadfd2" nav-hover-text-color="#2b2623">
<div slot="overview"><h1>${name} API</h1><p><a href="/api/openapi.json">OpenAPI document</a></p></div>
</openapi-explorer>
<noscript>This page needs JavaScript. The document itself is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
</body>
</html>
`

const LABELS_HASH = createHash('sha256').update(LABELS).digest('base64')

const POLICY =
  `default-src 'none'; script-src 'self' 'sha256-${LABELS_HASH}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
  "font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

type File = { readonly content: Uint8Array<ArrayBuffer>; readonly etag: string }

/** Serves a file that is made with its first request, and kept with its ETag. */
const serveConstant = (type: string, cacheControl: string, make: () => Promise<string | Uint8Array>) => {
  let file: Promise<File> | undefined
  const load = async (): Promise<File> => {
    const content = new Uint8Array(Buffer.from(await make()))
    return { content, etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"` }
  }
  return async (c: Context): Promise<Response> => {
    file ??= load()
    const { content, etag } = await file
    const headers = {
      'content-type': type,
      'cache-control': cacheControl,
      etag,
      'x-content-type-options': 'nosniff',
    }
    return c.req.header('if-none-match') === etag ? c.body(null, 304, headers) : c.body(content, 200, headers)
  }
}

/** Mounts /api/openapi.json, /api/docs and the script of the page, for the shop of this name. */
export const mountDocs = (app: Hono, serverUrl: string, name: string): void => {
  const document = async () => {
    // Only this response needs the generator and all endpoints, so they are loaded with it.
    const { createShopDocument } = await import('./shop-document.ts')
    return JSON.stringify(createShopDocument(serverUrl, name))
  }
  const script = () =>
    readFile(createRequire(import.meta.url).resolve('openapi-explorer/dist/browser/openapi-explorer.min.js'))
  app.get('/api/openapi.json', serveConstant('application/json', 'public, max-age=0, s-maxage=60', document))
  app.get('/api/docs', c =>
    c.html(page(name), 200, { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' }),
  )
  app.get(
    '/api/docs/openapi-explorer.js',
    serveConstant('text/javascript; charset=utf-8', 'public, max-age=86400', script),
  )
}
