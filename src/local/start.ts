/**
 * A complete shop on this machine: data folder, engine, tables, sample books, index, server, background jobs. Started in this order
 * and stopped in the reverse order.
 */
import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { seed } from '../catalog/import/seed.ts'
import { startSearchTermWriter } from '../catalog/search-terms.ts'
import { callObserver, createDatabase, createFenceGuard, createUnfencedWire } from '../composition/clients.ts'
import { pagePayments } from '../composition/payment-settings.ts'
import { blobFolder, type Settings } from '../composition/settings.ts'
import { createDeps, createShop } from '../composition/shop.ts'
import { createFolderBlobs } from '../core/blobs.ts'
import { explainOutage } from '../core/dynamo/outage.ts'
import type { Log } from '../core/log/log.ts'
import { type Caller, readCaller } from '../http/client-ip.ts'
import { createLocalBuild } from '../pages/local-build.ts'
import { createFreshnessCheck } from '../pages/page-cache.ts'
import { createPageServer } from '../pages/serve.ts'
import { resumeErasures } from '../privacy/erase.ts'
import { createTables } from '../tables/provision.ts'
import { startBackgroundJobs } from './background.ts'
import { createBoundedServer } from './connections.ts'
import { mountCoverRoutes } from './cover-routes.ts'
import { databasePath, lockDataFolder } from './data-folder.ts'
import { restoreAdvice } from './database-file.ts'
import { type Engine, startEngine } from './engine.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'
import { startIndexLoader } from './index-loader.ts'
import { createJournal } from './journal/journal.ts'
import { watchDataFolder } from './lost-folder.ts'
import { startMailWorker } from './mail-worker.ts'
import { describeMailTransport, LOOPBACK, mountMailboxRoutes } from './mailbox.ts'
import { assertShopHere, watchForMove } from './moved-shop.ts'
import { createLocalProviders } from './payment-providers.ts'
import { loadPostgres } from './postgres/load.ts'
import { requireRestored } from './restored-shop.ts'
import { readOrCreateSecret } from './secrets.ts'
import { StartError } from './start-error.ts'
import { assertTables } from './table-check.ts'

export type LocalShop = {
  readonly url: string
  /** Graceful shutdown: answers the requests in progress (up to 5 s), then stops what was started, in reverse order. */
  readonly stop: () => Promise<void>
  /** Resolves with the place to which the shop has moved, if it does. */
  readonly moved?: Promise<string>
  /** Resolves with the reason when the data folder is gone. */
  readonly lost?: Promise<Error>
}

type Cleanup = () => Promise<unknown> | unknown

const DRAIN_MS = 5_000

/** Without https, cookies have no `Secure`, which is acceptable on loopback only. */
const assertSafeAddress = ({ host, publicUrl }: Settings): void => {
  if (publicUrl.startsWith('https:') || (LOOPBACK.test(host) && LOOPBACK.test(new URL(publicUrl).hostname)))
    return
  throw new StartError(
    `HOST=${host} would make ${publicUrl} reachable from other machines without https: set PUBLIC_URL to the https:// URL of your proxy`,
  )
}

const listen = (
  fetch: (request: Request, caller: Caller) => Promise<Response>,
  { host, port, proxySecret }: Settings,
): Promise<Server> =>
  new Promise((resolve, reject) => {
    const respond = (request: Request, { incoming }: HttpBindings | Http2Bindings) =>
      fetch(
        request,
        readCaller(request.headers, () => incoming.socket.remoteAddress, proxySecret),
      )
    const server = createBoundedServer(getRequestListener(respond, { hostname: host }))
    server.listen(port, host, () => resolve(server))
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new StartError(
              `port ${port} is in use by another program: stop that program, or set PORT to a free port`,
            )
          : new StartError(
              `cannot listen on ${host}:${port} (${error.code ?? error.message}): set HOST to an address of this machine and PORT to a free port`,
            ),
      ),
    )
  })

/** Graceful shutdown of the server: no new connections, then up to DRAIN_MS for the requests in progress. */
const close = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeIdleConnections()
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    force.unref()
  })

/** Fails for an occupied port before the start creates anything. */
const assertPortFree = async (settings: Settings): Promise<void> =>
  close(await listen(() => Promise.resolve(new Response(null, { status: 503 })), settings))

/** Starts the shop that the settings describe, and logs each step. Throws StartError, and then leaves nothing running. */
export const startShop = async (settings: Settings, log: Log): Promise<LocalShop> => {
  assertSafeAddress(settings)
  const cleanups: Cleanup[] = []
  const stop = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup()
  }
  try {
    return await startParts(settings, log, cleanups, stop)
  } catch (error) {
    await stop()
    throw explainStart(error, settings)
  }
}

/** A database that fails while the shop starts is named with what to do; every other error stays as it is. */
const explainStart = (error: unknown, { dataDir, endpoint }: Settings): unknown => {
  const outage = endpoint === undefined ? explainOutage(error) : undefined
  if (!outage) return error
  const path = databasePath(dataDir)
  const restore = outage.cause === 'damaged' ? `. To restore it, ${restoreAdvice(path)}` : ''
  return new StartError(`the shop cannot use its database ${path}: ${outage.text}${restore}`, {
    cause: error,
  })
}

const startParts = async (
  settings: Settings,
  log: Log,
  cleanups: Cleanup[],
  stop: () => Promise<void>,
): Promise<LocalShop> => {
  const folder = await lockDataFolder(settings.dataDir)
  cleanups.push(() => folder.release())
  await assertPortFree(settings)
  const journal = createJournal(folder.path, settings.names)
  cleanups.push(journal.close)
  let engine: Engine | undefined
  let forwarder: Forwarder | undefined
  if (settings.endpoint === undefined) {
    engine = await startEngine({
      folder,
      onCopied: copy => log.event('data', `from an earlier release: copied to ${copy} first`),
      onDown: how =>
        log.event('engine', `down (${how}): requests are answered with 503 until it is up again`),
      onUp: () => log.event('engine', 'up again'),
      onFailedStart: why => log.failure(new StartError(`the engine does not start again: ${why}`)),
    })
    cleanups.push(engine.stop)
    const running = engine
    const unfenced = createUnfencedWire(settings, () => running.endpoint)
    cleanups.push(unfenced.close)
    forwarder = await startForwarder({
      port: settings.dynamodbPort,
      guard: createFenceGuard(settings, unfenced.call),
      target: () => (running.isUp ? running.endpoint : undefined),
      capture: journal,
    })
    cleanups.push(forwarder.close)
  }
  const db = createDatabase(settings, engine && (() => engine.endpoint), callObserver(log), log, journal)
  cleanups.push(db.close)
  const blobs = createFolderBlobs(blobFolder(settings.dataDir))
  const secret = settings.secret ?? readOrCreateSecret(settings.dataDir, 'secret')
  const postgres = await loadPostgres(settings, { db, secret, journal, log })
  const { sql, projection, connectSearch } = postgres ?? {}
  const { providers, testPayments } = createLocalProviders(settings, log)
  const deps = createDeps(settings, { db, sql, projection, connectSearch, blobs, secret, log, providers })
  if (deps.searchTerms) cleanups.push(startSearchTermWriter(deps.searchTerms).stop)
  if (engine) {
    const created = await createTables(db, settings.names)
    log.event('tables', created.length > 0 ? `created ${created.join(', ')}` : 'ready')
  } else await assertTables(db, settings)
  const takesWrites = await assertShopHere(deps)
  const restored = await requireRestored(deps)
  const isEmpty = engine !== undefined && takesWrites && !restored && (await deps.books.isEmpty())
  if (isEmpty) log.event('books', `added ${await seed(deps)} sample books`)
  // A snapshot that cannot be saved, on a full disk for example, must not keep the rest from being stopped; nor is a folder made again that is gone.
  cleanups.push(() => (existsSync(folder.path) ? deps.liveIndex.save().catch(deps.report) : undefined))
  const indexLoader = startIndexLoader(deps.liveIndex, deps.report)
  cleanups.push(indexLoader.stop)
  const shop = createShop(deps)
  mountCoverRoutes(shop.hono, blobs)
  mountMailboxRoutes(shop.hono, settings)
  const build = createLocalBuild(text => log.event('pages', text))
  const pages = createPageServer({
    fetch: shop.fetch,
    elsewhere: testPayments?.wrap(shop.fetch) ?? shop.fetch,
    publicUrl: settings.publicUrl,
    origins: shop.origins,
    loadShedder: shop.loadShedder,
    currency: settings.currency.code,
    shop: settings.shop,
    payments: pagePayments(deps.methods, settings.payment.stripe.secretKey !== undefined),
    createFreshnessCheck: pathname => createFreshnessCheck(deps.liveIndex, pathname),
    load: build.load,
    log,
  })
  const server = await listen(pages.fetch, settings)
  cleanups.push(() => close(server))
  cleanups.push(build.close)
  const books = (await deps.liveIndex.waitForIndex())?.rows.size
  const background = startBackgroundJobs(deps, indexLoader)
  cleanups.push(background.stop)
  // Account erasures that a shutdown has interrupted are completed before any mail is sent.
  if (takesWrites && !restored) await resumeErasures(deps)
  const mailWorker = startMailWorker(deps)
  cleanups.push(mailWorker.stop)
  cleanups.push(() => postgres?.stop())
  postgres?.start(deps)

  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : settings.port
  const url = settings.port === 0 ? `http://localhost:${port}` : settings.publicUrl
  testPayments?.start({ host: settings.host, port, publicUrl: url })
  cleanups.push(() => testPayments?.stop())
  log.event(
    'books',
    books === undefined
      ? 'loading the search index: categories and titles are available now, search in a moment'
      : `${books} in the catalog`,
  )
  log.event('data', settings.dataDir)
  log.event('mail', describeMailTransport(settings, url))
  if (testPayments) log.event('payments', `test payments, without money: ${url}/dev/pay`)
  log.event('dynamodb', forwarder ? `http://127.0.0.1:${forwarder.port}` : `${settings.endpoint}`)
  log.event('api', `${url}/api/books (documentation: ${url}/api/docs)`)
  log.event('shop', `CloudShelf is running at ${url}`)
  // The API is available before the pages are built. Stopping the shop aborts the build.
  build.prepare().catch(error => (build.isClosed() ? undefined : deps.report(error)))
  const onStop = (stopWatch: Cleanup) => void cleanups.push(stopWatch)
  const moved = watchForMove(db, settings.names.control, onStop)
  return { url, stop, moved, lost: watchDataFolder(folder.path, onStop) }
}
