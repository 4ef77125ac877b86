/** Vendure on SQLite, started on a copy of its prepared database. */
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { freePort } from '../../../test/shop-process.ts'
import { httpText } from '../requests.ts'
import { createHttpClient } from './http.ts'
import type { Peer } from './peer.ts'
import { startServer } from './server.ts'
import { createSearchTexts, selectBooks } from './test-queries.ts'
import { BOOK, SEARCH, SHOP_API } from './vendure-shopping.ts'

const Fixtures = z.object({
  facetValueIds: z.array(z.string()),
  /** Of every tenth book, starting with the fourth. */
  slugs: z.array(z.string()),
  variantIds: z.array(z.string()),
  limited: z.array(z.object({ variantId: z.string() })),
})
const STOCK = 1_000

const query = (text: string, variables: object): string =>
  httpText({ method: 'POST', path: SHOP_API, body: { query: text, variables } })

export const vendure: Peer = {
  name: 'vendure',
  label: 'Vendure',
  needs: ['server/node_modules/@vendure/core/package.json', 'seed/vendure.sqlite', 'data/fixtures.json'],
  setUp: '(cd server && npm install) && mkdir -p seed run data && ./populate.sh',
  project: 'server',
  packageName: '@vendure/core',
  database: 'SQLite',
  differences: [
    'Vendure: GraphQL; its lists and searches return the total, as CloudShelf’s do. A checkout is six requests, plus one per additional line, including the choice of a shipping method and a dummy payment, which CloudShelf does not have.',
  ],
  start: async ({ folder, node, scratch }, books) => {
    const file = join(scratch, 'vendure.sqlite')
    copyFileSync(join(folder, 'seed/vendure.sqlite'), file)
    const fixtures = Fixtures.parse(JSON.parse(readFileSync(join(folder, 'data/fixtures.json'), 'utf8')))
    const port = await freePort()
    const { call, close } = createHttpClient(port)
    const slug = fixtures.slugs[0]
    const server = await startServer({
      command: node,
      args: ['server/server.js'],
      cwd: folder,
      env: { PORT: String(port), DB: 'sqlite', SQLITE_FILE: file, VENDURE_DISABLE_TELEMETRY: 'true' },
      log: join(scratch, 'vendure.log'),
      ready: async () => {
        const { body } = await call('POST', SHOP_API, { body: { query: BOOK, variables: { slug } } })
        return JSON.stringify(body).includes('"variants":[{')
      },
    })
    const page = { groupByProduct: true, take: 24, skip: 0 }
    return {
      name: 'vendure',
      port,
      startedIn: server.startedIn,
      processes: { shop: server.pid, store: undefined },
      facts: {},
      titles: fixtures.variantIds,
      rushes: [
        ...fixtures.limited.slice(0, 1).map(({ variantId }) => ({ title: variantId, copies: 10 })),
        ...fixtures.variantIds.slice(-1).map(title => ({ title, copies: STOCK })),
      ],
      reads: {
        list: {
          requests: fixtures.facetValueIds.map(and =>
            query(SEARCH, { input: { facetValueFilters: [{ and }], ...page } }),
          ),
          contains: '"slug":',
        },
        book: {
          requests: selectBooks(books).map((_, i) => query(BOOK, { slug: fixtures.slugs[i] })),
          contains: '"variants":[{',
        },
        search: {
          requests: createSearchTexts(books).map(term => query(SEARCH, { input: { term, ...page } })),
          contains: '"slug":',
        },
      },
      end: async () => {
        await close()
        await server.end()
      },
    }
  },
}
