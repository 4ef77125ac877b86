import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runCli } from '../../test/cli.ts'
import { orderFor, temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'

/** Buys `quantity` copies of a book in a running shop; returns the order. */
const buy = async (url: string, book_id: string, quantity: number, changes: object = {}) => {
  const json = { 'content-type': 'application/json' }
  const added = await fetch(`${url}/api/cart/items`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ book_id, quantity }),
  })
  const headers = {
    ...json,
    cookie: added.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    'sec-fetch-site': 'same-origin',
    'idempotency-key': crypto.randomUUID(),
  }
  const cart = await (await fetch(`${url}/api/cart`, { headers })).json()
  const placed = await fetch(`${url}/api/orders`, {
    method: 'POST',
    headers,
    body: JSON.stringify(orderFor(cart, { ...changes })),
  })
  expect(placed.status).toBe(201)
  return (await placed.json()) as {
    order_id: string
    order_number: string
    order_date: string
    total: number
  }
}

test('orders of a running shop are listed, shown, advanced and cancelled, and the shop shows the returned stock', async () => {
  const folder = temporaryFolder()
  const shop = await startShopProcess(folder)
  const availability = async () =>
    (await (await fetch(`${shop.url}/api/books?q=Clean+Code`)).json()).items[0].availability
  expect(await availability()).toBe('in_stock')
  const order = await buy(shop.url, 'tech-001', 20)
  const second = await buy(shop.url, 'tech-001', 1, {
    email: 'kunde@bücher-laden.example',
    shipping_address: {
      name: 'Erika Mustermann',
      street: 'Lindenstr. 1',
      city: 'Berlin',
      postal_code: '10969',
      country: 'DE',
      phone: '+49 30 123456',
    },
  })
  for (let waited = 0; (await availability()) !== 'few_left' && waited < 3_000; waited += 50) await sleep(50)
  expect(await availability()).toBe('few_left')

  const listed = await runCli(folder, 'orders', 'list', '--date', order.order_date, '--json')
  expect(
    JSON.parse(listed.stdout)
      .map((one: { order_id: string }) => one.order_id)
      .sort(),
  ).toEqual([order.order_id, second.order_id].sort())
  const today = (await runCli(folder, 'orders', 'list')).stdout
  expect(today).toContain(`2 orders on ${order.order_date} (UTC)`)
  expect(today).toContain('kunde@bücher-laden.example')
  expect((await runCli(folder, 'orders', 'list', '--date', '2001-01-01')).stdout).toBe(
    '0 orders on 2001-01-01 (UTC)\n',
  )
  for (const reference of [
    order.order_id,
    order.order_number,
    order.order_number.toLowerCase().replace('-', ''),
  ])
    expect((await runCli(folder, 'orders', 'show', reference)).stdout).toContain(
      '20 × Clean Code (tech-001) at 42.99',
    )
  const printed = await runCli(folder, 'orders', 'show', second.order_id)
  expect(printed.stdout).toContain(
    [
      'customer  kunde@bücher-laden.example',
      'ship to   Erika Mustermann',
      '          Lindenstr. 1',
      '          10969 Berlin',
      '          Germany',
      'phone     +49 30 123456',
      '',
    ].join('\n'),
  )
  expect(printed.stdout).toMatch(/subtotal .*\ntax .*\nshipping .*\ntotal /)
  expect((await runCli(folder, 'orders', 'number')).stdout).toBe('0 orders can now be found by number\n')
  const audit = await runCli(folder, 'audit', 'list', '--subject', `order:${order.order_number}`)
  expect(audit.code).toBe(0)

  const advance = async (...args: string[]) => runCli(folder, 'orders', 'advance', ...args)
  for (const step of ['confirmed → processing', 'processing → shipped', 'shipped → delivered'])
    expect((await advance(second.order_id)).stdout).toContain(step)
  expect(await advance(second.order_id)).toMatchObject({
    code: 1,
    stderr: `cloudshelf: order ${second.order_number} is delivered: there is no next status\n`,
  })
  expect(await advance(second.order_id, '--to', 'cancelled')).toMatchObject({
    code: 1,
    stderr: 'cloudshelf: This order is delivered and cannot become cancelled.\n',
  })

  const cancelled = await advance(order.order_id, '--to', 'cancelled', '--json')
  expect(JSON.parse(cancelled.stdout)).toMatchObject({ status: 'cancelled' })
  for (let waited = 0; (await availability()) !== 'in_stock' && waited < 3_000; waited += 50) await sleep(50)
  expect(await availability()).toBe('in_stock')

  expect(await runCli(folder, 'orders', 'show', 'order-2025-01-01-none')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'cloudshelf: This order does not exist.\n',
  })
  const spam = []
  for (const email of ['a@evil.example', 'b@evil.example', 'c@other.example'])
    spam.push(await buy(shop.url, 'tech-001', 2, { email }))
  const cancel = async (...args: string[]) => runCli(folder, 'orders', 'cancel', '--filter', ...args)
  const shown = await cancel('email=@evil.example', 'customer=guest')
  expect(shown.stdout).toContain(spam[0]?.order_number)
  expect(shown.stdout).toMatch(/\n2 orders, 4 copies, \d+\.\d\d USD to cancel\n$/)
  expect(shown.stderr).toContain('Nothing was changed')
  const network = await cancel(`network=${spam[2]?.order_number}`, '--json')
  expect(JSON.parse(network.stdout)).toMatchObject({ dry_run: true, count: 3, copies: 6 })
  expect((await cancel('email=@evil.example', '--yes', '--no-mail')).stdout).toMatch(
    /^2 orders, 4 copies, \d+\.\d\d USD canceled, without emails\n$/,
  )
  expect(JSON.parse((await cancel('email=@evil.example', '--yes', '--json')).stdout)).toMatchObject({
    dry_run: false,
    count: 0,
    failed: [],
  })
  const entries = await runCli(folder, 'audit', 'list', '--subject', `order:${spam[0]?.order_number}`)
  expect(entries.stdout).toContain('order.status')
  expect(JSON.parse((await runCli(folder, 'orders', 'list', '--json')).stdout)).toContainEqual(
    expect.objectContaining({ order_id: spam[2]?.order_id, status: 'confirmed' }),
  )
  for (const [filter, word] of [
    ['email', 'name=value'],
    ['color=red', 'status, since'],
    ['since=yesterday', '2025-09-05'],
    ['customer=robot', 'guest or account'],
  ] as const) {
    const wrong = await cancel(filter)
    expect([wrong.code, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toContain(word)
  }

  await shop.end()
}, 180_000)
