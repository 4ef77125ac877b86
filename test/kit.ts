/** Test kit: a real engine per test file, fresh tables for each shop, and shoppers that keep their cookies. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthRecords } from '#src/accounts/auth/records.ts'
import { createPasswordCredential } from '#src/accounts/password-credential.ts'
import { hashPassword } from '#src/accounts/passwords.ts'
import { sessionCookie, signToken } from '#src/accounts/sessions.ts'
import type { Book } from '#src/catalog/schema.ts'
import { createFenceGuard } from '#src/composition/clients.ts'
import { blobFolder, readSettings } from '#src/composition/settings.ts'
import { createDeps, createShop, type Deps } from '#src/composition/shop.ts'
import { engineSigner } from '#src/core/aws/sign.ts'
import { createFolderBlobs } from '#src/core/blobs.ts'
import { createCapturingWire } from '#src/core/dynamo/capture.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { createMonitoredWire } from '#src/core/dynamo/outage.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import { newSecret, newUserId } from '#src/core/ids.ts'
import { createLinesLog, type Log } from '#src/core/log/log.ts'
import { minorUnits } from '#src/core/money.ts'
import type { Caller } from '#src/http/client-ip.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { type Engine, startEngine } from '#src/local/engine.ts'
import { createJournal } from '#src/local/journal/journal.ts'
import type { HostedProvider } from '#src/payments/provider.ts'
import { DEFAULT_TABLE_NAMES, type TableNames } from '#src/tables/definitions.ts'
import { createTables } from '#src/tables/provision.ts'
import { onCleanup } from './cleanup.ts'
import { recordLog, registerSecret, registerSecretsIn } from './log-leaks.ts'
import { withRecordedCalls } from './table-rights.ts'

let engine: Promise<Engine> | undefined

/** Creates a folder that is removed after the tests of this file. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-test-'))
  onCleanup(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The engine of this test file, started on first use. */
export const getTestEngine = (): Promise<Engine> => {
  if (engine === undefined) {
    engine = lockDataFolder(temporaryFolder()).then(folder => startEngine({ folder }))
    onCleanup(async () => {
      await (await engine)?.stop()
      engine = undefined
    })
  }
  return engine
}

let shops = 0

/** Secret of test shops. */
export const TEST_SECRET = 'a secret of the tests, which is long enough'

export type TestShop = {
  readonly deps: Deps
  readonly names: TableNames
  readonly fetch: (request: Request, caller?: Caller) => Promise<Response>
  /** Errors that the shop reported; a test that expects some empties it. */
  readonly reportedErrors: unknown[]
  /** Creates a visitor without cookies, by default in a client network of their own. */
  readonly visitor: (caller?: Caller) => Shopper
  /** Staff with a second factor. */
  readonly staff: Account
  /** Creates an account with a session, by default a verified customer. */
  readonly account: (options?: AccountOptions) => Promise<Account>
}

export type AccountOptions = {
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly verified?: boolean
  readonly role?: 'staff' | 'admin'
  /** Whether the session used a second factor; true for staff by default. */
  readonly secondFactor?: boolean
  /** A browser with earlier cookies: its guest cookie is kept besides the session's. */
  readonly from?: Shopper
  /** By default it has none. */
  readonly password?: string
  /** Whether the owner of one without a password has signed in with a passkey just now (default), or long ago. */
  readonly proved?: boolean
  /** Lifetime of the session in days, 60 by default. */
  readonly days?: number
}
export type Account = Shopper & { readonly userId: string; readonly email: string }

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json }
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
export type Json = any

export type Shopper = {
  readonly cookie: () => string | undefined
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>
  readonly post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
}

let networks = 0
/** Each shopper gets a client network of its own. */
const newNetwork = (): Caller => {
  const n = ++networks
  const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  return { clientNetwork: () => address }
}

const createShopper = (
  fetch: TestShop['fetch'],
  kept: Readonly<Record<string, string>> = {},
  caller = newNetwork(),
): Shopper => {
  const jar = new Map(Object.entries(kept))
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ') || undefined
  const call: Shopper['call'] = async (method, path, body, headers = {}) => {
    const cookie = cookies()
    const raw = body instanceof Uint8Array || typeof body === 'string'
    registerSecretsIn(body)
    const request = new Request(`http://localhost:3000${path}`, {
      method,
      headers: {
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...(cookie ? { cookie, 'sec-fetch-site': 'same-origin' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const response = await fetch(request, caller)
    for (const set of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = set.split(';')
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      if (value === '' || attributes.some(one => /^\s*max-age=0$/i.test(one))) jar.delete(name)
      else jar.set(name, value)
      registerSecret(name, value)
    }
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text ? JSON.parse(text) : text,
    }
  }
  return {
    cookie: cookies,
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
  }
}

export type ShopOptions = {
  readonly books?: readonly Book[]
  readonly now?: () => Date
  readonly env?: Readonly<Record<string, string>>
  /** PostgreSQL beside the database. */
  readonly sql?: Deps['sql']
  /** Payment providers with a page of their own. */
  readonly providers?: readonly HostedProvider[]
  /** Whether the index is loaded, as in a shop that has started. */
  readonly indexLoaded?: boolean
  /** Endpoint instead of the engine's, for example of a fault-injecting proxy. */
  readonly endpoint?: string
  /** Data folder in whose change journal the keys of its writes are captured. */
  readonly journalIn?: string
  /** Shop whose tables this one shares, as another process does. */
  readonly sharingTablesOf?: TestShop
  /** How requests reach the shop instead of a direct call, for example a server or functions. */
  readonly transport?: (deps: Deps) => Promise<TestShop['fetch']>
  /** Whether the staff account is created at once (default), or at its first call. */
  readonly withStaff?: boolean
  /** Log methods that the test observes; everything else is only checked for secrets. */
  readonly log?: Partial<Log>
}

let accounts = 0

/** Creates an account; it is written by `write` or by its first call. */
const createAccount = (
  deps: Deps,
  names: TableNames,
  fetch: TestShop['fetch'],
  options: AccountOptions = {},
): Account & { readonly write: () => Promise<void> } => {
  const { email = `reader-${++accounts}@example.com`, firstName, lastName, verified = true, role } = options
  const { secondFactor = role !== undefined, from, days = 60, proved = true, password } = options
  const now = deps.now()
  const at = now.toISOString()
  const [id, token] = [newUserId(now), newSecret()]
  const create = async (): Promise<void> => {
    const records = createAuthRecords(deps.db, names, deps.users)
    const user = { id, email, name: '', emailVerified: verified, createdAt: at, updatedAt: at }
    await records.create('user', {
      ...user,
      accountStatus: 'active',
      ...(firstName === undefined ? {} : { firstName }),
      ...(lastName === undefined ? {} : { lastName }),
      ...(role === undefined ? {} : { role }),
      ...(secondFactor ? { twoFactorEnabled: true } : {}),
    })
    await records.create('session', {
      id: newSecret(),
      token,
      userId: id,
      createdAt: at,
      updatedAt: at,
      expiresAt: new Date(now.getTime() + days * 86_400_000).toISOString(),
      secondFactor,
      staff: role !== undefined,
      ...(proved && password === undefined ? { provedAt: at } : {}),
    })
    if (password !== undefined)
      await records.create('account', createPasswordCredential(id, await hashPassword(password), at))
  }
  let written: Promise<void> | undefined
  const write = () => {
    written ??= create()
    return written
  }
  const old = Object.fromEntries((from?.cookie() ?? '').split('; ').filter(Boolean).map(splitPair))
  const https = deps.publicUrl.startsWith('https:')
  const session = { [sessionCookie(https)]: encodeURIComponent(signToken(token, deps.authSecret)) }
  registerSecret('session token', token)
  const who = createShopper(
    async (...call) => {
      await write()
      return fetch(...call)
    },
    { ...old, ...session },
  )
  return { ...who, userId: id, email, write }
}

const splitPair = (pair: string): [string, string] => {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}

const createTableNames = (): TableNames => {
  const prefix = `t${process.pid}-${++shops}-`
  return Object.fromEntries(
    Object.entries(DEFAULT_TABLE_NAMES).map(([id, name]) => [id, `${prefix}${name}`]),
  ) as TableNames
}

/** Creates a shop with these books, on fresh tables of the file's engine. */
export const createTestShop = async ({
  books = [],
  now,
  env = {},
  indexLoaded = true,
  endpoint,
  journalIn,
  sharingTablesOf,
  transport,
  withStaff = true,
  log = {},
  sql,
  providers,
}: ShopOptions = {}): Promise<TestShop> => {
  const engine = endpoint === undefined ? await getTestEngine() : { endpoint }
  const names = sharingTablesOf?.names ?? createTableNames()
  const settings = {
    ...readSettings({ PUBLIC_URL: 'http://localhost:3000', ...env }),
    names,
    dataDir: temporaryFolder(),
  }
  const guarded = createWire(
    () => engine.endpoint,
    engineSigner,
    call => createFenceGuard(settings, withRecordedCalls(call)),
  )
  const captured =
    journalIn === undefined ? guarded : createCapturingWire(guarded, createJournal(journalIn, names))
  const { wire, outages } = createMonitoredWire(captured, { event: () => {}, failure: () => {} })
  const db = createDynamo({ ...wire, call: withRecordedCalls(wire.call) }, outages)
  await createTables(db, names)
  const reported: unknown[] = []
  const deps = createDeps(settings, {
    db,
    blobs: createFolderBlobs(blobFolder(settings.dataDir)),
    secret: TEST_SECRET,
    log: {
      ...createLinesLog('calls', recordLog),
      failure: error => {
        recordLog(error)
        reported.push(error)
      },
      ...log,
    },
    ...(now ? { now } : {}),
    sql,
    providers,
  })
  for (const book of books) await db.transact(deps.books.create(book))
  if (indexLoaded) await deps.liveIndex.load()
  const fetch = transport ? await transport(deps) : createShop(deps).fetch
  const staff = createAccount(deps, names, fetch, { role: 'staff' })
  if (withStaff) await staff.write()
  return {
    deps,
    names,
    fetch,
    reportedErrors: reported,
    visitor: caller => createShopper(fetch, {}, caller),
    staff,
    account: async options => {
      const made = createAccount(deps, names, fetch, options)
      await made.write()
      return made
    },
  }
}

/** The specification's example book Clean Code (42.99, 25 in stock), with changes. */
export const aBook = (changes: Partial<Omit<Book, 'price'>> & { readonly price?: number } = {}): Book => {
  const { price = 42.99, ...rest } = changes
  return {
    category: 'Technology',
    book_id: 'tech-001',
    title: 'Clean Code',
    author: 'Robert C. Martin',
    stock_quantity: 25,
    description: 'A handbook of agile software craftsmanship',
    created_at: '2025-09-05T10:00:00Z',
    updated_at: '2025-09-05T10:00:00Z',
    ...rest,
    price: minorUnits(Math.round(price * 100)),
  }
}

/** The specification's sample, which has no country, and a recipient. */
export const ADDRESS = {
  name: 'John Doe',
  street: '123 Main St',
  city: 'Anytown',
  state: 'ST',
  postal_code: '12345',
}

/** Request body of a checkout of this cart. */
export const orderFor = (cart: Json, changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  cart_version: cart.version,
  expected_total: cart.total,
  email: 'customer@example.com',
  shipping_address: ADDRESS,
  ...changes,
})

let customers = 0
/** An email of its own for each order of a guest: one recipient gets few. */
export const newCustomer = (): { readonly email: string } => ({
  email: `customer-${++customers}@example.com`,
})

/** Checks out the shopper's cart, with a new idempotency key by default, and for a new customer. */
export const checkOut = async (
  who: Shopper,
  key: string = crypto.randomUUID(),
  changes: Record<string, unknown> = newCustomer(),
): Promise<Answer> => {
  const cart = await who.get('/api/cart')
  return who.post('/api/orders', orderFor(cart.body, changes), { 'idempotency-key': key })
}
