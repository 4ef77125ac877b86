/**
 * Reference server of the rendering benchmark, a worker: /constant returns a finished page, /bare/1, /bare/2, … render 24 books with
 * React alone, uncached.
 */
import { type ServerType, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createElement as h } from 'react'
import { renderToString } from 'react-dom/server'
import { serveJobs } from '../worker.ts'

type BareBook = {
  readonly book_id: string
  readonly title: string
  readonly author: string
  readonly price: number
}
export type ConstantJob = { readonly html: string; readonly books: readonly BareBook[] }
export type ConstantResult = { readonly port: number }

const card = ({ book_id, title, author, price }: BareBook) =>
  h(
    'li',
    { key: book_id },
    h(
      'a',
      { href: `/books/${book_id}` },
      h('img', { src: `/covers/${book_id}.svg`, alt: '', width: 400, height: 600, loading: 'lazy' }),
      h('h3', null, title),
    ),
    h('p', null, author),
    h('p', null, `$${price.toFixed(2)}`),
  )

const barePage = (books: readonly BareBook[], number: string): string =>
  renderToString(
    h(
      'html',
      { lang: 'en' },
      h('head', null, h('title', null, `Page ${number}`)),
      h('body', null, h('h1', null, number), h('ul', null, books.map(card))),
    ),
  )

serveJobs<ConstantJob, ConstantResult>(
  ({ html, books }) =>
    new Promise(done => {
      const app = new Hono()
      app.get('/constant', c => c.html(html))
      app.get('/bare/:number', c => c.html(`<!doctype html>${barePage(books, c.req.param('number'))}`))
      const server: ServerType = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
        server.on('error', () => process.exit(1))
        done({ port })
      })
    }),
)
