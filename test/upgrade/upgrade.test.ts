/**
 * Upgrade test: the current code opens the data folder that an earlier release left, and everything stored in it still works.
 *
 * The shop runs as `npm start` runs it, and is asked over HTTP and by its command, so that files and functions may be renamed
 * freely. Cookies, tokens and keys are those of the fixture, never constants of the code: a stored value that is renamed
 * fails here. `clock.mjs` moves the processes to the moment of the fixture.
 */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { User } from '#src/accounts/schema.ts'
import { StoredCart, StoredCartLine } from '#src/cart/schema.ts'
import { StoredBook } from '#src/catalog/schema.ts'
import { Announcement } from '#src/notifications/schema.ts'
import { StoredOrder, StoredOrderLine } from '#src/orders/schema.ts'
import { totpCode } from '../accounts.ts'
import { temporaryFolder } from '../kit.ts'
import { type ShopProcess, startShopProcess } from '../shop-process.ts'
import { signWithPasskey } from './authenticator.ts'
import type { Facts } from './facts.ts'
import { DATABASE, type Dump, dumpTables, FIXTURES, runCommand, unpackFixture, withEngine } from './folder.ts'
import { createVisitor, type Json } from './visitor.ts'

const read = (version: string, name: string): Json =>
  JSON.parse(readFileSync(join(FIXTURES, version, name), 'utf8'))

/** Environment that moves a process to the moment of the fixture. */
const environmentOf = ({ moment, public_url }: Facts) => ({
  PUBLIC_URL: public_url,
  CLOCK_OFFSET_MS: String(Date.parse(moment) - Date.now()),
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'clock.mjs'))}`,
})

const parsersOf = (dump: Dump) =>
  [
    [StoredBook, dump['cloudshelf-books']],
    [StoredCart, dump['cloudshelf-carts']],
    [User, dump['cloudshelf-users']],
    [StoredOrder, dump['cloudshelf-orders']],
    [Announcement, dump['cloudshelf-control'].filter(({ pk }) => /^outbox(-dead)?$/.test(pk.S))],
  ] as const

describe.each(readdirSync(FIXTURES))('the data folder of release %s', version => {
  const facts: Facts = read(version, 'facts.json')
  const items: Dump = read(version, 'items.json')
  const { ada, ben, buyer, clerk, erin, guest, linked, mails, owner, rita, una } = facts
  const environment = environmentOf(facts)
  const dataDir = temporaryFolder()
  let shop: ShopProcess

  const visitor = (cookies?: Readonly<Record<string, string>>) => createVisitor(shop.url, cookies)
  const now = () => Date.now() + Number(environment.CLOCK_OFFSET_MS)
  const run = (...args: string[]) => runCommand(dataDir, args, environment)
  const stockOf = async (bookId: string): Promise<number> =>
    (await visitor(clerk.cookies).get(`/api/books/${bookId}/stock`)).body.stock_quantity
  const mailFile = (id: string) => join(dataDir, 'outbox', `${id.replace('#', '.')}.eml`)
  const mailsTo = (email: string) => {
    const folder = join(dataDir, 'outbox')
    const texts = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
    return texts.filter(text => text.includes(`To: ${email}`))
  }
  const controlRows = async (pk: string): Promise<Json[]> =>
    (await dumpTables(shop.dynamodb))['cloudshelf-control'].filter(row => row.pk.S === pk)

  beforeAll(async () => {
    unpackFixture(version, dataDir)
    shop = await startShopProcess(dataDir, environment)
    // The price was written after the snapshot, so it comes from the change log before the whole table is compared.
    const { body } = await visitor().get('/api/books?limit=50')
    const listed = body.items.find((book: Json) => book.book_id === facts.repriced.book_id)
    expect(listed.price).toBe(facts.repriced.price)
    expect(body.total).toBe(11)
  })

  test('the first start copied the database as the release left it, and said so', async () => {
    const copy = readdirSync(dataDir).filter(name => name.startsWith(`${DATABASE}.before-`))
    expect(copy).toHaveLength(1)
    expect(shop.output()).toContain(`copied to ${join(dataDir, copy[0] ?? '')}`)
    const restored = temporaryFolder()
    cpSync(join(dataDir, copy[0] ?? ''), join(restored, DATABASE))
    expect(await withEngine(restored, dumpTables)).toEqual(items)
  })

  test('the folder holds exactly the dumped items, each can be parsed, and the doctor finds nothing wrong', async () => {
    const copy = temporaryFolder()
    unpackFixture(version, copy)
    const dump = await withEngine(copy, dumpTables)
    for (const [table, rows] of Object.entries(items)) expect(dump[table as keyof Dump], table).toEqual(rows)
    for (const [parser, rows] of parsersOf(dump)) {
      expect(rows.length).toBeGreaterThan(2)
      for (const row of rows) parser.parse(unmarshall(row))
    }
    const linesOf = (table: 'cloudshelf-carts' | 'cloudshelf-orders') =>
      dump[table].flatMap(row => unmarshall(row).items)
    for (const line of linesOf('cloudshelf-carts')) StoredCartLine.parse(line)
    for (const line of linesOf('cloudshelf-orders')) StoredOrderLine.parse(line)
    const findings = await runCommand(copy, ['doctor'], environment)
    expect(findings.filter((finding: Json) => finding.state !== 'ok')).toEqual([])
    const snapshot = findings.find((finding: Json) => finding.what === 'snapshot')
    // Its rows lack attributes that lists show today.
    expect(snapshot.found).toBe('none, so the next start reads the whole table')
  })

  test('the first start records the currency, and orders without one are in it', async () => {
    expect(await controlRows('shop')).toMatchObject([{ sk: { S: 'currency' }, currency: { S: 'USD' } }])
    for (const order of items['cloudshelf-orders'].slice(0, 3)) {
      const { body } = await visitor(clerk.cookies).get(`/api/orders/${order.order_id.S}`)
      expect(body).toMatchObject({
        order_id: order.order_id.S,
        currency: order.currency?.S ?? 'USD',
        total: Number(order.total.N),
      })
    }
  })

  test('an interrupted erasure is completed, and no personal data is left', async () => {
    const state = async () =>
      (await controlRows('erasures')).find(({ sk }: Json) => sk.S === erin.user_id)?.state.S
    await expect.poll(state, { timeout: 5_000 }).toBe('done')
    // The last mail, which says that it is done.
    await expect.poll(() => mailsTo(erin.email).join(), { timeout: 5_000 }).toContain('was deleted')
    expect(mailsTo(erin.email)).toHaveLength(1)
    const { 'cloudshelf-control': control, ...others } = await dumpTables(shop.dynamodb)
    // Mailed links contain the address until they expire after at most 24 hours; no account refers to them.
    const kept = control.filter(({ pk }) => !pk.S.startsWith('account-link#'))
    const left = JSON.stringify([others, kept])
    for (const trace of erin.traces) expect(left).not.toContain(trace)
    expect((await visitor(erin.cookies).get('/api/users/me')).status).toBe(401)
    const order = await visitor(clerk.cookies).get(`/api/orders/${erin.order_id}`)
    expect(order.body).toMatchObject({ status: 'delivered', shipping_address: { country: 'IE' } })
  })

  test('sessions are still signed in, under cookies of the same names', async () => {
    for (const one of [owner, clerk, ada, ben, rita]) {
      expect(Object.keys(one.cookies)).toContain('cloudshelf_session')
      const { body } = await visitor(one.cookies).get('/api/auth/session')
      expect(body).toMatchObject({ signed_in: true, email: one.email })
    }
    const who = async (cookies: Facts['ada']['cookies']) =>
      (await visitor(cookies).get('/api/auth/session')).body
    expect(await who(ada.cookies)).toMatchObject({ first_name: 'Ada', role: 'customer', second_factor: true })
    expect(await who(clerk.cookies)).toMatchObject({ role: 'staff', second_factor: true })
    expect(await who(owner.cookies)).toMatchObject({ role: 'admin', second_factor: true })
    const sessions = await visitor(ada.cookies).get('/api/auth/sessions')
    expect(sessions.body.items).toHaveLength(2)
  })

  test('password, authenticator app and recovery codes sign in; a spent recovery code does not', async () => {
    const half = visitor(ada.half_signed_in)
    const code = totpCode(ada.totp_uri, now())
    expect((await half.post('/api/auth/sign-in/code', { code })).status).toBe(200)
    expect(half.cookies()).toHaveProperty('cloudshelf_session')
    const { email, password } = ada
    const browser = visitor()
    expect((await browser.post('/api/auth/sign-in', { email, password })).body).toEqual({
      second_factor: true,
    })
    const withCode = (code: string) => browser.post('/api/auth/sign-in/recovery-code', { code })
    expect((await withCode(ada.spent_recovery_code)).body.code).toBe('code_wrong')
    expect((await withCode(ada.recovery_code)).status).toBe(200)
    expect((await browser.get('/api/users/me')).body).toMatchObject({
      user_id: ada.user_id,
      phone: '+44 20 5550 1815',
      address: { street: '12 Analytical Row' },
    })
    const staff = visitor()
    await staff.post('/api/auth/sign-in', { email: clerk.email, password: clerk.password })
    await staff.post('/api/auth/sign-in/code', { code: totpCode(clerk.totp_uri, now()) })
    expect((await staff.get('/api/auth/session')).body).toMatchObject({ role: 'staff', second_factor: true })
  })

  test('a passkey signs in, and the link to Cognito is there', async () => {
    const own = visitor(ben.cookies)
    expect((await own.get('/api/auth/passkeys')).body.items).toMatchObject([{ name: ben.passkey.name }])
    expect((await own.get('/api/auth/sign-in/cognito')).body.linked).toBe(true)
    expect((await visitor(rita.cookies).get('/api/auth/sign-in/cognito')).body.linked).toBe(false)
    const browser = visitor()
    const { challenge } = (await browser.post('/api/auth/sign-in/passkey/options')).body
    const response = signWithPasskey(ben.passkey, challenge, facts.public_url)
    expect((await browser.post('/api/auth/sign-in/passkey', { response })).status).toBe(200)
    expect((await browser.get('/api/auth/session')).body).toMatchObject({
      email: ben.email,
      second_factor: true,
    })
  })

  test('rate limits that were used up still refuse, and known browsers are counted on their own', async () => {
    const signIn = { email: ben.email, password: ben.password }
    const refused = [
      visitor().post('/api/auth/sign-in', signIn),
      visitor().post('/api/auth/sign-in/cognito/finish', { state: 'unknown' }),
      visitor().post('/api/orders/lookup', { order_id: linked.order_id, email: linked.email }),
      visitor(rita.cookies).post('/api/auth/passkeys/options', { password: rita.password }),
    ]
    for (const answer of await Promise.all(refused))
      expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    const { cloudshelf_device = '' } = ben.cookies
    expect((await visitor({ cloudshelf_device }).post('/api/auth/sign-in', signIn)).status).toBe(200)
  })

  test('mailed links confirm a sign-up, change an email address and reset a password, once', async () => {
    const fresh = { token: una.token, password: una.password }
    const signIn = { email: una.email, password: una.password }
    expect((await visitor().post('/api/auth/sign-in', signIn)).body.code).toBe('sign_in_failed')
    expect((await visitor().post('/api/auth/verify-email', fresh)).status).toBe(204)
    expect((await visitor().post('/api/auth/verify-email', fresh)).body.code).toBe('link_invalid')
    expect((await visitor().post('/api/auth/sign-in', signIn)).status).toBe(200)
    const change = { token: ben.change_email_token }
    expect((await visitor().post('/api/auth/email/confirm', change)).body.code).toBe('not_signed_in')
    expect((await visitor(ben.cookies).post('/api/auth/email/confirm', change)).status).toBe(204)
    expect((await visitor(ben.cookies).get('/api/users/me')).body.email).toBe(ben.new_email)
    const reset = { token: rita.token, password: 'twenty new orange doors' }
    expect((await visitor().post('/api/auth/password/reset', reset)).status).toBe(204)
    expect((await visitor(rita.cookies).get('/api/users/me')).status).toBe(401)
    const again = { email: rita.email, password: reset.password }
    expect((await visitor().post('/api/auth/sign-in', again)).status).toBe(200)
  })

  test('saved addresses are listed, and the personal data can be exported', async () => {
    const own = visitor(ada.cookies)
    expect((await own.get('/api/users/me/addresses')).body.items).toEqual(ada.addresses)
    const { body } = await own.post('/api/users/me/export', { password: ada.password })
    expect(body.addresses).toEqual(ada.addresses)
    // In 0.1.0 none of them had a name, which is required of new ones and of those that are changed.
    const [{ address_id, name, ...address }] = ada.addresses as [Json]
    expect(name === undefined).toBe(version === '0.1.0')
    const path = `/api/users/me/addresses/${address_id}`
    expect((await own.call('PUT', path, address)).status).toBe(400)
    const named = { ...address, name: 'Ada Lovelace' }
    expect(await own.call('PUT', path, named)).toMatchObject({ status: 200, body: named })
    expect((await own.call('PUT', path, named)).body).toEqual({ address_id, ...named })
    expect(body.orders).toHaveLength(6)
    expect(body.sign_in).toMatchObject({ confirmed: true, two_factor_enabled: true })
    expect(body.audit.map((entry: Json) => entry.what)).toContain('account.authenticator-app.on')
  })

  test('the cart of an account is as it was, takes another book, and becomes an order', async () => {
    const own = visitor(ada.cookies)
    expect((await own.get('/api/cart')).body).toEqual(ada.cart)
    const { body: cart } = await own.post('/api/cart/items', { book_id: 'sci-001' })
    expect(cart).toMatchObject({ item_count: 4, total_amount: 113.99, tax: 9.12, total: 129.1 })
    const before = await stockOf('tech-002')
    const order = {
      cart_version: cart.version,
      expected_total: 129.1,
      email: ada.email,
      shipping_address: { name: 'Ada Lovelace', street: '1 New Street', city: 'London', postal_code: 'W1' },
    }
    const placed = await own.post('/api/orders', order, { 'idempotency-key': 'a-new-key' })
    expect(placed).toMatchObject({ status: 201, body: { status: 'confirmed', total: 129.1 } })
    expect(await stockOf('tech-002')).toBe(before - 2)
    await expect
      .poll(() => existsSync(mailFile(`${placed.body.order_id}#order_confirmed`)), { timeout: 5_000 })
      .toBe(true)
  })

  test('the cart of a guest is as it was, shows what has changed in price since, and takes another book', async () => {
    expect(Object.keys(guest.cookies)).toEqual(['cloudshelf_guest'])
    const own = visitor(guest.cookies)
    const { body: cart } = await own.get('/api/cart')
    const { version, expires_at, items: lines } = guest.cart as Json
    expect(cart).toMatchObject({ version, expires_at, item_count: 4, total_amount: 127.24, total: 143.41 })
    expect(cart.items).toMatchObject([lines[0], { book_id: 'bus-001', price: 24.75, previous_price: 26.99 }])
    const added = await own.post('/api/cart/items', { book_id: 'tech-009' })
    expect(added.body).toMatchObject({ item_count: 5, total_amount: 180.23 })
    expect((await own.call('DELETE', '/api/cart/items/bus-001')).body.item_count).toBe(2)
  })

  test('orders are listed in each of their five states, with the one placed as a guest', async () => {
    const own = visitor(ada.cookies)
    const { body } = await own.get('/api/orders?limit=20')
    const listed = new Map(body.items.map((order: Json) => [order.order_id, order]))
    expect(Object.keys(ada.orders).sort()).toEqual([
      'cancelled',
      'confirmed',
      'delivered',
      'processing',
      'shipped',
    ])
    for (const [status, { order_id, total }] of Object.entries(ada.orders)) {
      expect(listed.get(order_id)).toMatchObject({ status, total, email: ada.email })
      const one = await own.get(`/api/orders/${order_id}`)
      expect(one.body).toMatchObject({ status, total, shipping_address: { street: '123 Main St' } })
    }
    expect(listed.get(ada.guest_order_id)).toMatchObject({ status: 'confirmed' })
    const day = /\d{4}-\d{2}-\d{2}/.exec(ada.guest_order_id)?.[0]
    const ofDay = await visitor(clerk.cookies).get(`/api/orders?date=${day}&limit=50`)
    const ids = ofDay.body.items.map((order: Json) => order.order_id)
    for (const { order_id } of items['cloudshelf-orders']) expect(ids).toContain(order_id.S)
  })

  test('orders of the release have a number, and are found by it', async () => {
    const own = visitor(ada.cookies)
    const staff = visitor(clerk.cookies)
    const { order_id = '' } = ada.orders.delivered ?? {}
    const { order_number } = (await own.get(`/api/orders/${order_id}`)).body
    expect(order_number).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/)
    const found = async (who: typeof own) => (await who.get(`/api/orders/${order_number}`)).body.order_id
    await expect.poll(() => found(own), { timeout: 8_000 }).toBe(order_id)
    expect(await found(staff)).toBe(order_id)
    for (const order of items['cloudshelf-orders']) {
      const { body } = await staff.get(`/api/orders/${order.order_id.S}`)
      expect((await staff.get(`/api/orders/${body.order_number}`)).body.order_id).toBe(order.order_id.S)
    }
    expect((await run('orders', 'show', order_number)).order_id).toBe(order_id)
  })

  test('orders move on and are cancelled from the states they were in, and stock comes back', async () => {
    const own = visitor(ada.cookies)
    const staff = visitor(clerk.cookies)
    const { confirmed, processing, shipped, delivered } = ada.orders
    const before = await stockOf('tech-001')
    const cancelled = await own.post(`/api/orders/${confirmed?.order_id}/cancel`)
    expect(cancelled.body.status).toBe('cancelled')
    expect(await stockOf('tech-001')).toBe(before + 1)
    const move = (id: string | undefined, status: string) =>
      staff.post(`/api/orders/${id}/status`, { status })
    expect((await move(processing?.order_id, 'shipped')).body.status).toBe('shipped')
    expect((await move(shipped?.order_id, 'delivered')).body.status).toBe('delivered')
    expect((await move(delivered?.order_id, 'cancelled')).body.code).toBe('status_conflict')
    expect((await own.post(`/api/orders/${shipped?.order_id}/cancel`)).body.code).toBe('status_conflict')
  })

  test('a repeated checkout with the same idempotency key returns the same order, and a different body is refused', async () => {
    const own = visitor(buyer.cookies)
    const before = await stockOf('sci-001')
    const headers = { 'idempotency-key': buyer.key }
    const again = await own.post('/api/orders', buyer.body, headers)
    // Earlier releases kept no payments, and said `invoice` of every order.
    const payment = { method: 'invoice', status: 'not_recorded', amount: buyer.order.total }
    expect(again).toMatchObject({ status: 201, body: { ...buyer.order, payment } })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const other = await own.post('/api/orders', { ...buyer.body, email: 'other@example.com' }, headers)
    expect(other.body.code).toBe('idempotency_key_reused')
    expect(await stockOf('sci-001')).toBe(before)
    expect((await own.get('/api/orders')).body.items).toMatchObject([{ order_id: buyer.order.order_id }])
  })

  test('a mailed link opens its order once, and another one can be requested', async () => {
    const open = (token: string) => visitor().post('/api/orders/lookup/open', { token })
    expect(await open(linked.token)).toMatchObject({ status: 200, body: { order_id: linked.order_id } })
    expect((await open(linked.token)).body.code).toBe('link_invalid')
    const { order_id } = buyer.order
    const asked = { order_id, email: 'bob@example.com' }
    expect((await visitor().post('/api/orders/lookup', asked)).status).toBe(202)
    const tokenOf = () =>
      mailsTo(asked.email)
        .map(text => text.replaceAll('=\n', '').replaceAll('=3D', '='))
        .flatMap(text => /\/orders\/open\?token=([\w-]{43})/.exec(text)?.[1] ?? [])[0]
    await expect.poll(tokenOf, { timeout: 5_000 }).toBeDefined()
    expect((await open(tokenOf() ?? '')).body).toMatchObject({ order_id, total: buyer.order.total })
  })

  test('mails that waited or were being sent are sent, and a dead letter is sent when it is retried', async () => {
    await expect
      .poll(() => [mails.pending, mails.sending].map(id => existsSync(mailFile(id))), { timeout: 8_000 })
      .toEqual([true, true])
    expect(existsSync(mailFile(mails.dead))).toBe(false)
    expect(await controlRows('outbox-dead')).toMatchObject([
      { sk: { S: mails.dead }, state: { S: 'DEAD' }, tries: { N: '8' } },
    ])
    expect(await run('outbox', 'retry', '--all-dead')).toEqual({ revived: [mails.dead] })
    await expect.poll(() => existsSync(mailFile(mails.dead)), { timeout: 5_000 }).toBe(true)
    expect(await controlRows('outbox-dead')).toEqual([])
  })

  test('staff find books by every key, change stock and category, and covers are served', async () => {
    const staff = visitor(clerk.cookies)
    const before = await stockOf('tech-002')
    const changed = await staff.call('PATCH', '/api/books/tech-002', { stock_delta: 5 })
    expect(changed.body.stock_quantity).toBe(before + 5)
    expect((await staff.get('/api/books/bus-003/stock')).body.category).toBe('Science')
    const retired = await staff.get(`/api/books/${facts.retired_book_id}/stock`)
    expect(retired.body.status).toBe('retired')
    expect((await visitor().get(`/api/books/${facts.retired_book_id}`)).status).toBe(404)
    const { book_id, image_url } = facts.cover
    expect((await visitor().get(`/api/books/${book_id}`)).body.image_url).toBe(image_url)
    for (const path of [image_url, image_url.replace('.webp', '-w200.avif')])
      expect((await visitor().get(path)).status).toBe(200)
    const found = await visitor().get('/api/books/search?q=pragmatc%20programmer')
    expect(found.body.items[0]).toMatchObject({ book_id: 'tech-002', price: 41.5 })
    const taken = {
      book_id: 'bus-003',
      category: 'New',
      title: 'x',
      author: 'y',
      price: 1,
      stock_quantity: 1,
    }
    expect((await staff.post('/api/books', taken)).body.code).toBe('book_exists')
  })

  test('the audit trail shows the old entries, and the staff list those with a role', async () => {
    const [ofBook, ofDay, staff] = await Promise.all([
      run('audit', 'list', '--subject', 'book:tech-002'),
      run('audit', 'list', '--day', facts.moment.slice(0, 10)),
      run('staff', 'list'),
    ])
    const changed = ofBook.items.find((entry: Json) => entry.what === 'book.change')
    expect(changed).toMatchObject({
      actor: clerk.user_id,
      what: 'book.change',
      before: { price: 44.95 },
      after: { price: 41.5 },
    })
    const old = items['cloudshelf-control'].filter(({ pk }) => pk.S.startsWith('audit-day#'))
    expect(ofDay.items.slice(0, old.length)).toEqual(
      old.map(item => {
        const { pk: _, sk: __, ...entry } = unmarshall(item)
        return entry
      }),
    )
    expect(staff.items).toEqual(
      expect.arrayContaining([
        { user_id: owner.user_id, email: owner.email, role: 'admin' },
        { user_id: clerk.user_id, email: clerk.email, role: 'staff' },
      ]),
    )
  })

  test('the shop reports no error and shuts down gracefully', async () => {
    expect(await shop.end()).toBe(0)
    expect(shop.output()).not.toMatch(/error/i)
  })
})
