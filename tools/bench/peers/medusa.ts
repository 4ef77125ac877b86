/** Medusa on PostgreSQL, started on a copy of its prepared database. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { freePort } from '../../../test/shop-process.ts'
import { httpText } from '../requests.ts'
import { createHttpClient } from './http.ts'
import { priceQuery, searchPath } from './medusa-shopping.ts'
import type { Peer } from './peer.ts'
import { startServer } from './server.ts'
import { createSearchTexts, selectBooks } from './test-queries.ts'

const Seed = z.object({
  key: z.string(),
  region_id: z.string(),
  shipping_option_id: z.string(),
  categories: z.array(z.object({ id: z.string() })),
})
const PG_BIN = '/usr/lib/postgresql/15/bin'
const PG_PORT = 5499
/** Copy of the database, so that each run starts from the same state. */
const COPY = 'medusa_bench'
const CROWD_SKU = 'CONTENTION-1'
const STOCK = 1_000

const psql = (database: string, ...commands: readonly string[]): string =>
  execFileSync(
    'psql',
    [
      ...['-h', '127.0.0.1', '-p', String(PG_PORT), '-U', 'postgres', '-d', database, '-Atq'],
      ...commands.flatMap(command => ['-c', command]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim()

/** PostgreSQL must not run as root, so as root it is run by the user of the Debian package. */
const pgCtl = (...args: readonly string[]): void => {
  const command = [`${PG_BIN}/pg_ctl`, ...args]
  const [program = '', ...rest] =
    process.getuid?.() === 0 ? ['su', 'postgres', '-c', command.map(arg => `'${arg}'`).join(' ')] : command
  execFileSync(program, rest, { stdio: 'ignore' })
}

const postmaster = (data: string): number | undefined => {
  const file = join(data, 'postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
  return pid !== undefined && existsSync(`/proc/${pid}`) ? pid : undefined
}

/** Starts PostgreSQL on the folder's data; `stop` ends it if it was started here. */
const startPostgres = (data: string) => {
  const wasThere = postmaster(data) !== undefined
  if (!wasThere) pgCtl('-D', data, '-l', join(data, 'server.log'), '-w', 'start')
  const pid = postmaster(data)
  if (pid === undefined) throw new Error(`PostgreSQL does not run over ${data}`)
  const drop = `drop database if exists ${COPY} with (force)`
  psql('postgres', drop, `create database ${COPY} template medusa`)
  const stop = (): void => {
    psql('postgres', drop)
    if (!wasThere) pgCtl('-D', data, '-m', 'fast', '-w', 'stop')
  }
  return { pid, stop }
}

const opened = new Set<{ stop: () => void }>()

/** Stops what an interrupted run has left. */
export const stopPostgres = (): void => {
  for (const postgres of opened) postgres.stop()
  opened.clear()
}

export const medusa: Peer = {
  name: 'medusa',
  label: 'Medusa',
  needs: ['app/.medusa/server/node_modules/@medusajs/medusa/package.json', 'seed.json', 'pg/PG_VERSION'],
  setUp:
    '(cd app && npm install && npx medusa build && cd .medusa/server && npm install --omit=dev) && ./reset-db.sh, with a PostgreSQL 15 cluster in pg/ on port 5499',
  project: 'app/.medusa/server',
  packageName: '@medusajs/medusa',
  database: 'PostgreSQL 15',
  differences: [
    'Medusa: prices are computed per region for each response, and its lists and searches return the total, as CloudShelf’s do. A checkout is six requests, including the choice of a shipping method and a dummy payment, which CloudShelf does not have. Its database is a separate server, whose CPU and memory are included.',
  ],
  start: async ({ folder, node, scratch }, books) => {
    const seed = Seed.parse(JSON.parse(readFileSync(join(folder, 'seed.json'), 'utf8')))
    const postgres = startPostgres(join(folder, 'pg'))
    opened.add(postgres)
    const rows = psql(
      COPY,
      `select p.id, v.id, v.sku, substring(p.handle from '[0-9]+$')
         from product p join product_variant v on v.product_id = p.id
        where p.deleted_at is null`,
    )
      .split('\n')
      .map(line => line.split('|'))
    const byPlace = new Map(
      rows.map(([id = '', variant = '', , number]) => [Number(number) - 1, { id, variant }]),
    )
    const crowd = rows.find(([, , sku]) => sku === CROWD_SKU)?.[1] ?? ''
    const titles = books.map((_, place) => byPlace.get(place)?.variant ?? '')
    const port = await freePort()
    const { call, close } = createHttpClient(port)
    const headers = { 'x-publishable-api-key': seed.key }
    const price = priceQuery(seed.region_id)
    const get = (path: string): string => httpText({ path, headers })
    const bookPath = (place: number): string => `/store/products/${byPlace.get(place)?.id}?${price}`
    const server = await startServer({
      command: node,
      args: ['node_modules/@medusajs/cli/cli.js', 'start', '-p', String(port), '-H', '127.0.0.1'],
      cwd: join(folder, 'app/.medusa/server'),
      env: {
        MEDUSA_DISABLE_TELEMETRY: 'true',
        DATABASE_URL: `postgres://medusa:medusa@127.0.0.1:${PG_PORT}/${COPY}`,
        JWT_SECRET: 'only-for-the-bench',
        COOKIE_SECRET: 'only-for-the-bench',
      },
      log: join(scratch, 'medusa.log'),
      ready: async () => (await call('GET', bookPath(0), { headers })).status === 200,
    })
    return {
      name: 'medusa',
      port,
      startedIn: server.startedIn,
      processes: { shop: server.pid, store: postgres.pid },
      facts: { key: seed.key, region: seed.region_id, shipping: seed.shipping_option_id },
      titles,
      rushes: [
        { title: crowd, copies: 10 },
        { title: titles.at(-1) ?? '', copies: STOCK },
      ],
      reads: {
        list: {
          requests: seed.categories.map(({ id }) =>
            get(`/store/products?category_id=${id}&limit=24&${price}`),
          ),
          contains: '"calculated_amount":',
        },
        book: {
          requests: selectBooks(books).map(place => get(bookPath(place))),
          contains: '"calculated_amount":',
        },
        search: {
          requests: createSearchTexts(books).map(text => get(searchPath(text, seed.region_id))),
          contains: '"count":',
        },
      },
      end: async () => {
        await close()
        await server.end()
        // Its connections close shortly after it ends.
        await sleep(200)
        opened.delete(postgres)
        postgres.stop()
      },
    }
  },
}
