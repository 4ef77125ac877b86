/** A whole shop on this machine: engine, tables, shelf, API; started in order and ended in order. */

import { type Http2Bindings, type HttpBindings, type ServerType, serve } from '@hono/node-server'
import { seed } from '../catalog/import/seed.ts'
import { callObserver, createDatabase } from '../composition/clients.ts'
import { blobFolder, mailFolder, type Settings } from '../composition/settings.ts'
import { createDeps, createShop } from '../composition/shop.ts'
import { NoCredentials } from '../core/aws/sign.ts'
import { createFolderBlobs } from '../core/blobs.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { ShopError } from '../core/errors.ts'
import type { Log } from '../core/log/log.ts'
import { type Caller, callerOf } from '../http/client-ip.ts'
import { createLocalBuild } from '../pages/local-build.ts'
import { isPageFresh } from '../pages/page-cache.ts'
import { createPageServer } from '../pages/serve.ts'
import { resumeErasures } from '../privacy/erase.ts'
import { createTables, passes, verifyTables } from '../tables/provision.ts'
import { startBackground } from './background.ts'
import { openDataFolder } from './data-folder.ts'
import { type Engine, startEngine } from './engine.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'
import { coverRoutes } from './images.ts'
import { loadIndex } from './load-index.ts'
import { startMail } from './mail.ts'
import { mailboxRoutes, mayShowMailbox } from './mailbox.ts'
import { secretFile } from './secrets.ts'
import { StartError } from './start-error.ts'

export type LocalShop = {
  readonly url: string
  /** Answers what is under way, then ends everything that was started. */
  readonly stop: () => Promise<void>
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/
const DRAIN_MS = 5_000
/** Nobody holds a connection by sending a request slowly. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000 }

/** Cookies without `Secure` are for this machine alone. */
const assertSafeAddress = ({ host, publicUrl }: Settings): void => {
  if (publicUrl.startsWith('https:') || (LOOPBACK.test(host) && LOOPBACK.test(new URL(publicUrl).hostname)))
    return
  throw new StartError(
    `HOST=${host} would serve ${publicUrl} to others without https: set PUBLIC_URL to the https:// address of your proxy`,
  )
}

const listen = (
  fetch: (request: Request, caller: Caller) => Promise<Response>,
  { host, port, proxySecret }: Settings,
): Promise<ServerType> =>
  new Promise((done, failed) => {
    const asked = (request: Request, { incoming }: HttpBindings | Http2Bindings) =>
      fetch(
        request,
        callerOf(request.headers, () => incoming.socket.remoteAddress, proxySecret),
      )
    const server = serve({ fetch: asked, hostname: host, port, serverOptions: LIMITS }, () => done(server))
    server.on('error', (error: NodeJS.ErrnoException) =>
      failed(
        error.code === 'EADDRINUSE'
          ? new StartError(`port ${port} is taken by another program: end it, or set PORT to another port`)
          : new StartError(
              `cannot listen on ${host}:${port} (${error.code ?? error.message}): set HOST and PORT`,
            ),
      ),
    )
  })

const close = (server: ServerType): Promise<void> =>
  new Promise(done => {
    server.close(() => done())
    if ('closeIdleConnections' in server) server.closeIdleConnections()
    const force = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), DRAIN_MS)
    force.unref()
  })

/** A start that is going to be refused for its port is so before anything is made. */
const assertPortFree = async (settings: Settings): Promise<void> =>
  close(await listen(() => Promise.resolve(new Response(null, { status: 503 })), settings))

/** Starts the shop that the settings describe, and tells `log` what it does. Throws StartError, with nothing left running. */
export const startShop = async (settings: Settings, log: Log): Promise<LocalShop> => {
  assertSafeAddress(settings)
  const opened: (() => Promise<unknown> | unknown)[] = []
  const stop = async (): Promise<void> => {
    for (let end = opened.pop(); end; end = opened.pop()) await end()
  }
  try {
    return await open(settings, log, opened, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

const open = async (
  settings: Settings,
  log: Log,
  opened: (() => Promise<unknown> | unknown)[],
  stop: () => Promise<void>,
): Promise<LocalShop> => {
  const folder = await openDataFolder(settings.dataDir)
  opened.push(() => folder.release())
  await assertPortFree(settings)
  let engine: Engine | undefined
  let forwarder: Forwarder | undefined
  if (settings.endpoint === undefined) {
    engine = await startEngine({
      folder,
      onDown: how => log.say('engine', `down (${how}): requests get 503 until it is back`),
      onUp: () => log.say('engine', 'back'),
    })
    opened.push(engine.stop)
    const running = engine
    forwarder = await startForwarder({
      port: settings.dynamodbPort,
      target: () => (running.isUp ? running.endpoint : undefined),
    })
    opened.push(forwarder.close)
  }
  const db = createDatabase(settings, engine && (() => engine.endpoint), callObserver(log))
  opened.push(db.close)
  const blobs = createFolderBlobs(blobFolder(settings.dataDir))
  const deps = createDeps(settings, {
    db,
    blobs,
    secret: settings.secret ?? secretFile(settings.dataDir, 'secret'),
    log,
  })
  if (engine) {
    const made = await createTables(db, settings.names)
    log.say('tables', made.length > 0 ? `made ${made.join(', ')}` : 'there')
  } else await assertTables(db, settings)
  const isEmpty = engine !== undefined && (await deps.books.isEmpty())
  if (isEmpty) log.say('shelf', `put ${await seed(deps)} books on it`)
  opened.push(() => deps.liveIndex.save())
  const index = loadIndex(deps.liveIndex, deps.report)
  opened.push(index.stop)
  const shop = createShop(deps)
  coverRoutes(shop.hono, blobs)
  mailboxRoutes(shop.hono, settings)
  const build = createLocalBuild(text => log.say('pages', text))
  const pages = createPageServer({
    fetch: shop.fetch,
    publicUrl: settings.publicUrl,
    origins: shop.origins,
    loadShedder: shop.loadShedder,
    currency: settings.currency,
    holds: pathname => isPageFresh(deps.liveIndex, pathname),
    load: build.load,
    log,
  })
  const server = await listen(pages.fetch, settings)
  opened.push(() => close(server))
  opened.push(build.close)
  const books = (await deps.liveIndex.waitForIndex())?.rows.size
  const background = startBackground(deps, index)
  opened.push(background.stop)
  // What a stop has cut off is finished before anything else is done in the background.
  await resumeErasures(deps)
  const mail = startMail(deps)
  opened.push(mail.stop)

  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : settings.port
  const url = settings.port === 0 ? `http://localhost:${port}` : settings.publicUrl
  log.say(
    'books',
    books === undefined
      ? 'still being read: categories and titles are answered meanwhile, searches a little later'
      : `${books} on the shelf`,
  )
  log.say('data', settings.dataDir)
  log.say('mail', mailPlace(settings, url))
  log.say('dynamodb', forwarder ? `http://127.0.0.1:${forwarder.port}` : `${settings.endpoint}`)
  log.say('api', `${url}/api/books   documentation ${url}/api/docs`)
  log.say('shop', url)
  // The API serves already; a shop that ends meanwhile ends the build.
  build.prepare().catch(error => (build.isClosed() ? undefined : deps.report(error)))
  return { url, stop }
}

/** Where mails go, without the password of the way there. */
const mailPlace = (settings: Settings, url: string): string => {
  const { smtpUrl, sesRegion } = settings.mail
  if (sesRegion !== undefined) return `by Amazon SES in ${sesRegion}`
  if (smtpUrl !== undefined) return `by ${new URL(smtpUrl).host}`
  return mayShowMailbox(settings) ? `${url}/dev/mailbox` : mailFolder(settings.dataDir)
}

/** Where the store is not ours, nothing is made unasked. */
const assertTables = async (db: ReturnType<typeof createDatabase>, settings: Settings): Promise<void> => {
  try {
    for await (const point of verifyTables(db, settings.names))
      if (!passes(point))
        throw new StartError(
          `${point.table} at ${settings.endpoint}: ${point.point} is ${point.found}, expected ${point.expected}: run \`npx cloudshelf tables create\``,
        )
  } catch (error) {
    if (!(error instanceof ShopError || error instanceof DynamoError)) throw error
    const why = error.cause instanceof NoCredentials ? error.cause.message : error.message
    throw new StartError(`the store at ${settings.endpoint} cannot be used: ${why}`)
  }
}
