/** Storecraft on SQLite, started on a copy of its prepared database. */
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { freePort } from '../../../test/shop-process.ts'
import { getRequest } from '../requests.ts'
import { createHttpClient, expectSuccess } from './http.ts'
import type { Peer, Rush } from './peer.ts'
import { startServer } from './server.ts'
import { searchPath } from './storecraft-shopping.ts'
import { createSearchTexts, selectBooks } from './test-queries.ts'

const Filled = z.object({
  products: z.array(z.object({ id: z.string(), handle: z.string() })),
  /** Collections with at least 24 books. */
  collections: z.array(z.string()),
})
const Admin = z.object({ access_token: z.object({ token: z.string() }) })

export const storecraft: Peer = {
  name: 'storecraft',
  label: 'Storecraft',
  needs: [
    'shop/node_modules/@storecraft/core/package.json',
    'native/better_sqlite3-node20.node',
    'data/shop.db',
    'data/index.json',
  ],
  setUp:
    '(cd shop && npm install && cp node_modules/better-sqlite3/build/Release/better_sqlite3.node ../native/better_sqlite3-node20.node && node populate.mjs), with Node 20',
  project: 'shop',
  packageName: '@storecraft/core',
  database: 'SQLite',
  differences: [
    'Storecraft: it has no cart on the server. A checkout is two requests: one creates it with all lines, prices and shipping, one completes it with a dummy payment. Its lists and searches return no total. It is set up here to take stock when a checkout is completed; by default it takes none.',
  ],
  notComparable: {
    'add to cart, new guest':
      'it has no cart on the server; this is the creation of a checkout, which is more work',
  },
  start: async ({ folder, node, scratch }, books) => {
    const file = join(scratch, 'storecraft.db')
    copyFileSync(join(folder, 'data/shop.db'), file)
    const filled = Filled.parse(JSON.parse(readFileSync(join(folder, 'data/index.json'), 'utf8')))
    const port = await freePort()
    const { call, close } = createHttpClient(port)
    const server = await startServer({
      command: node,
      args: ['server.mjs'],
      cwd: join(folder, 'shop'),
      env: { PORT: String(port), DB: file, MAIL_LOG: join(scratch, 'storecraft-mail.log') },
      log: join(scratch, 'storecraft.log'),
      ready: async () => (await call('GET', `/api/products/${filled.products[0]?.handle}`)).status === 200,
    })
    /** Creates the limited titles with the first account, which is the admin's. */
    const crowds = async (): Promise<Rush[]> => {
      const signUp = { email: 'admin@bookshop.test', password: 'adminadmin' }
      const admin = Admin.parse(
        expectSuccess('signup', await call('POST', '/api/auth/signup', { body: signUp })),
      )
      const headers = { authorization: `Bearer ${admin.access_token.token}` }
      return Promise.all(
        [10, 1_000].map(async copies => {
          const title = `crowd-of-${copies}`
          const body = { title: 'Crowd', handle: title, price: 10, qty: copies, active: true }
          expectSuccess('products', await call('POST', '/api/products', { headers, body }))
          return { title, copies }
        }),
      )
    }
    const handles = selectBooks(books).flatMap(place => filled.products[place]?.handle ?? [])
    return {
      name: 'storecraft',
      port,
      startedIn: server.startedIn,
      processes: { shop: server.pid, store: undefined },
      facts: {},
      titles: filled.products.map(({ id }) => id),
      rushes: await crowds(),
      reads: {
        list: {
          requests: filled.collections.map(handle =>
            getRequest(`/api/collections/${handle}/products?limit=24`),
          ),
          contains: '"handle":',
        },
        book: {
          requests: handles.map(handle => getRequest(`/api/products/${handle}`)),
          contains: '"handle":',
        },
        search: {
          requests: createSearchTexts(books).map(text => getRequest(searchPath(text))),
          contains: '[',
        },
      },
      end: async () => {
        await close()
        await server.end()
      },
    }
  },
}
