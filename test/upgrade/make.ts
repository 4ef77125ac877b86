/**
 * Upgrade fixture of the current release: `npx node test/upgrade/make.ts` writes `fixtures/<version of package.json>` and refuses to
 * overwrite one; with a folder as its argument it writes there. A fixture is a data folder as that release leaves it, all its items (`items.json`), and what the test must
 * know besides (`facts.json`). Later releases must open it with no stored value changed.
 *
 * Everything is made by the shop as a process, its HTTP API and its command, with three exceptions:
 * - `tries` of one waiting mail is set to 7, because its eight tries would take fifteen hours; the shop itself then gives it up.
 * - One mail stays SENDING, because the shop is killed while a mail server says nothing.
 * - The erasure is begun by the function that the API calls, over a client that fails after the third transaction, because
 *   a kill could not be timed.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { createDatabase } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createDeps } from '#src/composition/shop.ts'
import { createFolderBlobs } from '#src/core/blobs.ts'
import { createLinesLog } from '#src/core/log/log.ts'
import { OUTBOX_PARTITIONS } from '#src/core/outbox.ts'
import { erasePerson } from '#src/privacy/erase.ts'
import { runCleanup } from '../cleanup.ts'
import { callDynamo } from '../engine-call.ts'
import { startIssuer } from '../oidc-issuer.ts'
import { PROJECT, startShopProcess } from '../shop-process.ts'
import type { Facts } from './facts.ts'
import { DATABASE, type Dump, dumpTables, FIXTURES, runCommand, withEngine } from './folder.ts'
import { startMailServer } from './mail-server.ts'
import { type Making, makeAda, makeBen, makeRita, makeStaff, makeUna, ok } from './make-accounts.ts'
import { addToCart, checkOut, editCatalogue, makeErin, makeLinked, makeOrders } from './make-orders.ts'
import { createVisitor, type Json } from './visitor.ts'

const PUBLIC_URL = 'http://localhost:3000'
const BOOKS = ['fic-001', 'fic-002', 'fic-003', 'fic-004', 'tech-001', 'tech-002', 'tech-009', 'bus-001']
const MORE_BOOKS = ['bus-003', 'bus-011', 'sci-001', 'sci-002']
/** By then the lease of the mail that stays SENDING has ended, and codes that were used are no longer accepted. */
const OPENED_AFTER_MS = 120_000

const starterBooks = (): Json[] => {
  const shelf: Json[] = JSON.parse(readFileSync(join(PROJECT, 'data/starter-shelf.json'), 'utf8'))
  return shelf.filter(book => [...BOOKS, ...MORE_BOOKS].includes(book.book_id))
}

const importBooks = async (dataDir: string, books: readonly Json[]): Promise<void> => {
  const file = join(dataDir, 'feed.jsonl')
  writeFileSync(file, books.map(book => JSON.stringify(book)).join('\n'))
  await runCommand(dataDir, ['import', file])
  rmSync(file)
}

const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return
    await sleep(100)
  }
  throw new Error(`${what}: not within 40 seconds`)
}

/** People, carts and orders, with mails that are delivered to the outbox folder. */
const makeShop = async (dataDir: string) => {
  await runCommand(dataDir, ['tables', 'create'])
  await importBooks(dataDir, starterBooks())
  const issuer = await startIssuer()
  const shop = await startShopProcess(dataDir, { PUBLIC_URL, ...issuer.env })
  const making: Making = { url: shop.url, publicUrl: PUBLIC_URL, dataDir, issuer }
  const [ownerEmail, clerkEmail] = ['owner@example.com', 'clerk@example.com']
  const admin = ['admin', 'create', '--email', ownerEmail]
  const owner = await makeStaff(making, admin, ownerEmail, 'five marble harbour bells')
  const clerk = await makeStaff(making, ['staff', 'add', clerkEmail], clerkEmail, 'eight linen river stones')
  const edits = await editCatalogue(clerk.who)
  const [una, rita, ben] = [await makeUna(making), await makeRita(making), await makeBen(making)]
  const { who, ada } = await makeAda(making)
  const orders = await makeOrders(who, clerk.who, ada.email)
  const asGuest = await checkOut(createVisitor(shop.url), ada.email, { 'fic-003': 1 })
  await addToCart(who, { 'tech-002': 2, 'fic-001': 1 })
  const guest = createVisitor(shop.url)
  await addToCart(guest, { 'tech-009': 1, 'bus-001': 3 })
  const erin = await makeErin(making, clerk.who)
  const linked = await makeLinked(making)
  const facts = {
    owner: { ...owner.account, cookies: owner.who.cookies() },
    clerk: { ...clerk.account, cookies: clerk.who.cookies() },
    ada: {
      ...ada,
      cookies: who.cookies(),
      cart: (await ok(who.get('/api/cart'))).body,
      orders,
      guest_order_id: String(asGuest.order.order_id),
    },
    ben,
    una,
    rita,
    erin,
    guest: { cookies: guest.cookies(), cart: (await ok(guest.get('/api/cart'))).body },
    linked,
    ...edits,
  }
  // The last mails are on their way.
  await until('mails are sent', async () => {
    const { pending } = await runCommand(dataDir, ['outbox', 'list'])
    return pending.length === 0
  })
  if ((await shop.end()) !== 0) throw new Error(`the shop failed:\n${shop.output()}`)
  return facts
}

/** Orders whose mails wait, are being sent, and were given up. Ends with the shop killed. */
const makeMails = async (dataDir: string, erinEmail: string) => {
  const server = await startMailServer()
  const shop = await startShopProcess(dataDir, { PUBLIC_URL, SMTP_URL: server.url })
  const outbox = () => runCommand(dataDir, ['outbox', 'list'])
  const guest = createVisitor(shop.url)
  const dead = await checkOut(guest, 'dora@example.com', { 'fic-002': 1 })
  const deadId = `${dead.order.order_id}#order_confirmed`
  await until('a mail was tried once', async () => (await outbox()).pending[0]?.last_error !== undefined)
  const inShards = await Promise.all(
    OUTBOX_PARTITIONS.map(async pk => {
      const query = {
        TableName: 'cloudshelf-control',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
      }
      return (await callDynamo(shop.dynamodb, 'Query', query)).Items as Json[]
    }),
  )
  const [row] = inShards.flat()
  const Item = { ...row, tries: { N: '7' } }
  await callDynamo(shop.dynamodb, 'PutItem', { TableName: 'cloudshelf-control', Item })
  await until('the mail is given up', async () => (await outbox()).dead.length === 1)
  await ok(createVisitor(shop.url).post('/api/auth/password/forgot', { email: erinEmail }))
  const buyer = createVisitor(shop.url)
  const bought = await checkOut(buyer, 'bob@example.com', { 'sci-001': 2, 'tech-009': 1 })
  await until('both mails were tried once', async () =>
    (await outbox()).pending.every((one: Json) => one.last_error !== undefined),
  )
  server.fallSilent()
  const last = await checkOut(createVisitor(shop.url), 'sid@example.com', { 'bus-011': 1 })
  await until('a mail is being sent', server.isWaiting)
  await until('that mail is the last order’s', async () =>
    (await outbox()).pending.some(
      (one: Json) => one.state === 'SENDING' && one.id.startsWith(last.order.order_id),
    ),
  )
  await shop.end('SIGKILL')
  server.close()
  return {
    buyer: { cookies: buyer.cookies(), ...bought },
    mails: {
      dead: deadId,
      pending: `${bought.order.order_id}#order_confirmed`,
      sending: `${last.order.order_id}#order_confirmed`,
    },
  }
}

/** Begins the erasure of an account, and fails after the third transaction. */
const cutOffErasure = async (dataDir: string, endpoint: string, userId: string): Promise<void> => {
  const settings = readSettings({ PUBLIC_URL, CLOUDSHELF_DATA_DIR: dataDir })
  const db = createDatabase(settings, () => endpoint)
  const deps = createDeps(settings, {
    db,
    blobs: createFolderBlobs(join(dataDir, 'blobs')),
    secret: readFileSync(join(dataDir, 'secret'), 'utf8').trim(),
    log: createLinesLog('errors', console.error),
  })
  const { transact } = db
  let left = 3
  const failing: typeof transact = writes => {
    if (left-- > 0) return transact(writes)
    throw new Error('cut off')
  }
  Object.assign(db, { transact: failing })
  const how = await erasePerson(deps, userId).then(
    () => 'finished',
    (error: Error) => error.message,
  )
  if (how !== 'cut off') throw new Error(`the erasure was not cut off: ${how}`)
  await db.close()
}

/** One item a line. */
const dumpText = (dump: Dump): string => {
  const tables = Object.entries(dump).map(([table, items]) => {
    const lines = items.map(item => `    ${JSON.stringify(item)}`)
    return `  ${JSON.stringify(table)}: [\n${lines.join(',\n')}\n  ]`
  })
  return `{\n${tables.join(',\n')}\n}\n`
}

const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }
const target = join(process.argv[2] ?? FIXTURES, version)
if (existsSync(target)) {
  console.error(`${target} is there already: a fixture is never overwritten`)
  process.exit(1)
}
const dataDir = mkdtempSync(join(tmpdir(), 'cloudshelf-fixture-'))
try {
  const made = await makeShop(dataDir)
  const mails = await makeMails(dataDir, made.erin.email)
  const repriced = { book_id: 'bus-001', price: 24.75 }
  const book = starterBooks().find(one => one.book_id === repriced.book_id)
  await importBooks(dataDir, [{ ...book, price: repriced.price }])
  const dump = await withEngine(dataDir, async endpoint => {
    await cutOffErasure(dataDir, endpoint, made.erin.user_id)
    return dumpTables(endpoint)
  })
  const facts: Facts = {
    version,
    moment: new Date(Date.now() + OPENED_AFTER_MS).toISOString(),
    public_url: PUBLIC_URL,
    ...made,
    ...mails,
    repriced,
  }
  const database = new DatabaseSync(join(dataDir, DATABASE))
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  mkdirSync(join(target, 'data'), { recursive: true })
  for (const name of ['secret', 'blobs', 'outbox'])
    cpSync(join(dataDir, name), join(target, 'data', name), { recursive: true })
  const packed = gzipSync(readFileSync(join(dataDir, DATABASE)), { level: 9 })
  writeFileSync(join(target, 'data', `${DATABASE}.gz`), packed)
  writeFileSync(join(target, 'items.json'), dumpText(dump))
  writeFileSync(join(target, 'facts.json'), `${JSON.stringify(facts, undefined, 2)}\n`)
  console.log(`made ${target}`)
} finally {
  await runCleanup()
  rmSync(dataDir, { recursive: true, force: true })
}
