/**
 * /orders/open: the page that a mailed link leads to. Fetching it spends nothing, as mail programs fetch links by
 * themselves; its button does, with or without JavaScript.
 */
import type { Context, Hono } from 'hono'
import { html, raw } from 'hono/html'
import { ShopError } from '../core/errors.ts'
import { times, toDecimal } from '../core/money.ts'
import { readBody } from '../http/guard.ts'
import { type LookupDeps, openOrderLink } from './lookup.ts'
import { OpenOrderLink, type Order } from './schema.ts'

const MAX_BYTES = 1_000
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // The address of this page holds the token.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

const STYLE = `
:root { color-scheme: light dark; --page:#f4efe8; --card:#fffdf9; --ink:#2b2623; --rule:#e6ddd2; --accent:#8a3b12; --on:#fffdf9 }
@media (prefers-color-scheme: dark) { :root { --page:#1c1816; --card:#27221f; --ink:#f0e9e1; --rule:#3d3530; --accent:#d98550; --on:#1c1816 } }
body { margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 35rem; margin: 0 auto; padding: 2rem; border: 1px solid var(--rule); border-radius: .6rem; background: var(--card); overflow-wrap: anywhere }
h1 { margin: 0 0 1rem; font: 1.6rem/1.25 Georgia, serif }
button { padding: .7rem 1.25rem; border: 0; border-radius: .4rem; background: var(--accent); color: var(--on); font: inherit; font-weight: 600; cursor: pointer }
table { width: 100%; border-collapse: collapse }
td { padding: .5rem 0; border-top: 1px solid var(--rule) }
td + td { text-align: right; white-space: nowrap; padding-left: 1rem }`

/** In the order in which an address is read; a table keeps none. */
const ADDRESS_PARTS = ['street', 'city', 'state', 'postal_code', 'country']

type Markup = ReturnType<typeof html>

const page = (c: Context, status: 200 | 400 | 404, title: string, content: Markup) =>
  c.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · CloudShelf</title>
<style>${raw(STYLE)}</style>
</head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`,
    status,
    HEADERS,
  )

const orderMarkup = (
  { order_id, order_date, status, items, total, shipping_address }: Order,
  currency: string,
) =>
  html`<p>${order_id} of ${order_date}: <strong>${status}</strong>, paid on invoice.</p>
<table>${items.map(
    ({ title, quantity, price }) =>
      html`<tr><td>${quantity} × ${title}</td><td>${toDecimal(times(price, quantity)).toFixed(2)}</td></tr>`,
  )}
<tr><td><strong>Total, with tax and shipping</strong></td><td><strong>${toDecimal(total).toFixed(2)} ${currency}</strong></td></tr></table>
<p>${ADDRESS_PARTS.flatMap(part => shipping_address?.[part] ?? []).join(', ')}</p>`

const noLink = (c: Context) =>
  page(c, 400, 'This is no link', html`<p>Please open the whole link of the mail.</p>`)

/** Mounts the page: the button on GET, the order on POST. */
export const orderLinkPage = (app: Hono, deps: LookupDeps): void => {
  app.get('/orders/open', c => {
    const { data } = OpenOrderLink.safeParse({ token: c.req.query('token') })
    if (!data) return noLink(c)
    return page(
      c,
      200,
      'Your order',
      html`<p>This link shows your order once.</p>
<form method="post" action="/orders/open"><input type="hidden" name="token" value="${data.token}"><button>Show my order</button></form>`,
    )
  })
  app.post('/orders/open', async c => {
    const form = new URLSearchParams(Buffer.from(await readBody(c.req.raw, MAX_BYTES)).toString())
    const { data } = OpenOrderLink.safeParse({ token: form.get('token') })
    if (!data) return noLink(c)
    try {
      return page(c, 200, 'Your order', orderMarkup(await openOrderLink(deps, data.token), deps.currency))
    } catch (error) {
      if (!(error instanceof ShopError) || error.code !== 'link_invalid') throw error
      return page(c, 404, 'This link is over', html`<p>${error.message}</p>`)
    }
  })
}
