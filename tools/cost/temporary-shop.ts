/** Temporary shop for measurements: tables, starter catalogue, API and pages on its own engine and folder, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seed } from '#src/catalog/import/seed.ts'
import { createDatabase } from '#src/composition/clients.ts'
import { blobFolder, readSettings } from '#src/composition/settings.ts'
import { createDeps, createShop, type Deps } from '#src/composition/shop.ts'
import { createFolderBlobs } from '#src/core/blobs.ts'
import type { ObservedCall } from '#src/core/dynamo/observed-wire.ts'
import { newSecret } from '#src/core/ids.ts'
import { createLinesLog } from '#src/core/log/log.ts'
import { UNKNOWN_CALLER } from '#src/http/client-ip.ts'
import { acquireEngine } from '#src/local/shared-engine.ts'
import { deliver } from '#src/notifications/delivery.ts'
import type { Mail } from '#src/notifications/schema.ts'
import { createOutboxTable } from '#src/notifications/table.ts'
import { createLocalBuild } from '#src/pages/local-build.ts'
import { createFreshnessCheck } from '#src/pages/page-cache.ts'
import { createPageServer } from '#src/pages/serve.ts'
import { createTables } from '#src/tables/provision.ts'

const ORIGIN = 'http://localhost:3000'

export type BrowserResponse = { readonly status: number; readonly body: Record<string, unknown> }
/** Sends a request as a browser with its own cookies. Throws if the response is not a success. */
export type Send = (method: string, path: string, body?: object, key?: string) => Promise<BrowserResponse>

export type TemporaryShop = {
  readonly browser: () => Send
  /** Sends due emails and returns them. */
  readonly mails: () => Promise<readonly Mail[]>
  /** Reads the changes of other processes, as a function does after two seconds without a check. */
  readonly readChanges: () => Promise<unknown>
}

const createBrowser = (fetch: (request: Request) => Promise<Response>): Send => {
  const jar = new Map<string, string>()
  return async (method, path, body, key) => {
    const headers = {
      'sec-fetch-site': 'same-origin',
      cookie: [...jar].map(pair => pair.join('=')).join('; '),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    }
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    const answer = await fetch(new Request(`${ORIGIN}${path}`, init))
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split(/=(.*)/s) ?? []
      jar.set(name, value)
    }
    const text = await answer.text()
    if (answer.status >= 400)
      throw new Error(`${method} ${path} was refused (${answer.status}): ${text.slice(0, 300)}`)
    const isJson = answer.headers.get('content-type')?.includes('json') && text !== ''
    return { status: answer.status, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} }
  }
}

/** More mails than an action causes. */
const MAX_MAILS = 20

type Surroundings = {
  /** Observes database calls. */
  readonly watch?: (call: ObservedCall) => void
  readonly say?: (line: string) => void
}

/**
 * Runs `work` with the dependencies of a temporary shop: tables with the starter catalog, and its index. `sent` has the mails that were
 * sent. Throws StartError without an embedded engine.
 */
export const withTemporaryDeps = async <T>(
  work: (deps: Deps, engine: { readonly endpoint: string }, sent: Mail[]) => Promise<T>,
  { watch = () => {}, say = () => {} }: Surroundings = {},
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-cost-'))
  try {
    const engine = await acquireEngine(folder)
    const settings = readSettings({ CLOUDSHELF_DATA_DIR: folder })
    const db = createDatabase(settings, () => engine.endpoint, watch)
    try {
      await createTables(db, settings.names)
      const sent: Mail[] = []
      const log = createLinesLog('errors', say)
      const transport = { send: async (mail: Mail) => void sent.push(mail) }
      const blobs = createFolderBlobs(blobFolder(folder))
      const all = createDeps(settings, { db, blobs, secret: newSecret(), log, transport })
      // On AWS the order function has no index that a sale would have to update.
      const deps = { ...all, booksChanged: () => {} }
      await seed(deps)
      await deps.liveIndex.load()
      await deps.liveIndex.readChanges()
      return await work(deps, engine, sent)
    } finally {
      await db.close()
      await engine.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs `work` with a temporary shop; `watch` observes its database calls. Throws StartError without an embedded engine. */
export const withTemporaryShop = <T>(
  watch: (call: ObservedCall) => void,
  say: (line: string) => void,
  work: (shop: TemporaryShop) => Promise<T>,
): Promise<T> =>
  withTemporaryDeps(
    async (deps, engine, sent) => {
      const { settings, log } = deps
      // On AWS the stream brings the rows of new mails: they are not looked for.
      const unwatched = createDatabase(settings, () => engine.endpoint)
      const outbox = createOutboxTable(unwatched, settings.names)
      const build = createLocalBuild(say)
      try {
        const app = createShop(deps)
        const { fetch } = createPageServer({
          fetch: app.fetch,
          elsewhere: app.fetch,
          publicUrl: ORIGIN,
          origins: app.origins,
          loadShedder: app.loadShedder,
          currency: settings.currency.code,
          shop: settings.shop,
          createFreshnessCheck: pathname => createFreshnessCheck(deps.liveIndex, pathname),
          load: build.load,
          log,
        })
        return await work({
          browser: () => createBrowser(request => fetch(request, UNKNOWN_CALLER)),
          mails: async () => {
            for (const row of await outbox.listDue(deps.now(), MAX_MAILS)) await deliver(deps, row)
            return sent.splice(0)
          },
          readChanges: deps.liveIndex.readChanges,
        })
      } finally {
        build.close()
        await unwatched.close()
      }
    },
    { watch, say },
  )
