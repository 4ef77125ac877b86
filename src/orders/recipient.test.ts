/** Shipping address of a checkout: what is required of a new one by its country, and what is read of a stored one. */
import { expect, test } from 'vitest'
import { aBook, createTestShop, type Json, orderFor, type Shopper } from '../../test/kit.ts'
import { dumpTables, putForeignItem, readItems } from '../../test/table-contents.ts'

const open = async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: 500 })] })
  const place = async (address: Json, who: Shopper = shop.visitor()) => {
    const { body: cart } = await who.post('/api/cart/items', { book_id: 'tech-001' })
    const key = { 'idempotency-key': crypto.randomUUID() }
    return who.post('/api/orders', orderFor(cart, { shipping_address: address }), key)
  }
  return { shop, place }
}

const HONG_KONG = { name: 'Chan Tai Man', street: "8 Queen's Road", city: 'Hong Kong', country: 'HK' }

test.each<[string, Json]>([
  ['Hong Kong, without a postal code', HONG_KONG],
  ['Qatar, without a postal code', { ...HONG_KONG, city: 'Doha', country: 'QA' }],
  [
    'Singapore, without a city',
    { name: 'Tan', street: '1 Orchard Road', postal_code: '238801', country: 'SG' },
  ],
  [
    'Germany, with everything that a carrier needs',
    {
      name: 'Erika Mustermann',
      street: 'Lindenstr. 1',
      line2: 'Hinterhaus',
      city: 'Berlin',
      postal_code: '10969',
      country: 'DE',
      phone: '+49 30 123456',
    },
  ],
])('an order goes to %s, and the address can be saved and changed', async (_, address) => {
  const { shop, place } = await open()
  const who = await shop.account()
  const placed = await place(address, who)
  expect(placed).toMatchObject({ status: 201, body: { shipping_address: address } })
  const [stored] = await readItems(shop, 'orders')
  expect(stored?.shipping_address).toEqual(address)
  const saved = await who.post('/api/users/me/addresses', address)
  expect(saved).toMatchObject({ status: 201, body: address })
  const changed = { ...address, name: 'Another' }
  const path = `/api/users/me/addresses/${saved.body.address_id}`
  expect(await who.call('PUT', path, changed)).toMatchObject({ status: 200, body: changed })
  expect((await who.get('/api/users/me/addresses')).body.items).toEqual(
    [saved.body].map(one => ({ ...one, ...changed })),
  )
  expect((await who.call('PATCH', '/api/users/me', { address })).body.address).toEqual(address)
})

const NEW_YORK = {
  name: 'Jane',
  street: '1 Main St',
  city: 'New York',
  state: 'NY',
  postal_code: '10001',
  country: 'US',
}
const without = (address: Json, part: string): Json => ({ ...address, [part]: undefined })

test.each<[string, string, Json]>([
  ['no name', 'name', without(NEW_YORK, 'name')],
  ['no street', 'street', without(NEW_YORK, 'street')],
  ['no city', 'city', without(NEW_YORK, 'city')],
  ['no state', 'state', without(NEW_YORK, 'state')],
  ['no postal code in the US', 'postal_code', without(NEW_YORK, 'postal_code')],
  ['no postal code in Germany', 'postal_code', { name: 'a', street: 'b', city: 'Berlin', country: 'DE' }],
  ['no postal code in the UK', 'postal_code', { name: 'a', street: 'b', city: 'London', country: 'GB' }],
  ['a postal code of another country', 'postal_code', { ...NEW_YORK, postal_code: 'SW1A 1AA' }],
  ['a country that is none', 'country', { ...NEW_YORK, country: 'ZZ' }],
  ['a country that is none', 'country', { ...NEW_YORK, country: 'XX' }],
  ['the name of a country', 'country', { ...NEW_YORK, country: 'Germany' }],
  ['a phone without digits', 'phone', { ...NEW_YORK, phone: 'none' }],
  ...(['name', 'street', 'line2', 'city', 'state'] as const).map((part): [string, string, Json] => [
    'a web address',
    part,
    { ...NEW_YORK, [part]: 'YOU HAVE WON https://evil.example/prize' },
  ]),
])('%s is refused by checkout and address book alike: %s', async (_, part, address) => {
  const { shop, place } = await open()
  const who = await shop.account()
  const { address_id } = (await who.post('/api/users/me/addresses', NEW_YORK)).body
  await who.post('/api/cart/items', { book_id: 'tech-001' })
  const { body: cart } = await who.get('/api/cart')
  const before = await dumpTables(shop)
  const refused = (where: string) => ({
    status: 400,
    body: { code: 'invalid_request', errors: [{ where: `body.${where}` }] },
  })
  const order = orderFor(cart, { shipping_address: address })
  expect(await who.post('/api/orders', order, { 'idempotency-key': 'k' })).toMatchObject(
    refused(`shipping_address.${part}`),
  )
  expect(await who.post('/api/users/me/addresses', address)).toMatchObject(refused(part))
  expect(await who.call('PUT', `/api/users/me/addresses/${address_id}`, address)).toMatchObject(refused(part))
  if (part !== 'name')
    expect(await who.call('PATCH', '/api/users/me', { address })).toMatchObject(refused(`address.${part}`))
  expect(await dumpTables(shop)).toBe(before)
  expect((await place(NEW_YORK)).status).toBe(201)
})

test('the specification’s address of a user, which has no name, is taken for the profile', async () => {
  const { shop } = await open()
  const who = await shop.account()
  const address = { street: '123 Main St', city: 'Anytown', state: 'ST', postal_code: '12345', country: 'US' }
  expect(await who.call('PATCH', '/api/users/me', { address })).toMatchObject({
    status: 200,
    body: { address },
  })
})

test('names with a web address are refused by sign-up and profile, and one that is stored is read', async () => {
  const { shop } = await open()
  const name = 'Claim www.evil.example'
  const refused = { status: 400, body: { errors: [{ message: 'must not contain a web address' }] } }
  const sign = { email: 'a@example.com', password: 'a password of the tests' }
  for (const part of ['first_name', 'last_name'])
    expect(await shop.visitor().post('/api/auth/sign-up', { ...sign, [part]: name })).toMatchObject(refused)
  const who = await shop.account({ firstName: name })
  expect(await who.call('PATCH', '/api/users/me', { first_name: name })).toMatchObject(refused)
  expect((await who.get('/api/users/me')).body.first_name).toBe(name)
})

test('an address that is unknown cannot be changed, and is not made', async () => {
  const { shop } = await open()
  const who = await shop.account()
  const before = await dumpTables(shop)
  expect(await who.call('PUT', '/api/users/me/addresses/nothing', NEW_YORK)).toMatchObject({
    status: 404,
    body: { code: 'address_not_found' },
  })
  expect(await dumpTables(shop)).toBe(before)
})

const SAMPLE_ID = 'order-2025-09-05-xyz123'

/** The specification's sample order: its address has neither name nor country. */
const putSample = (shop: Parameters<typeof putForeignItem>[0], street = '123 Main St') =>
  putForeignItem(shop, 'orders', {
    user_id: { S: 'user-12345' },
    order_id: { S: SAMPLE_ID },
    order_date: { S: '2025-09-05' },
    items: {
      L: [
        {
          M: {
            book_id: { S: 'tech-001' },
            title: { S: 'Clean Code' },
            price: { N: '42.99' },
            quantity: { N: '1' },
          },
        },
      ],
    },
    subtotal: { N: '42.99' },
    tax: { N: '3.44' },
    shipping: { N: '5.99' },
    total: { N: '52.42' },
    status: { S: 'confirmed' },
    shipping_address: {
      M: {
        street: { S: street },
        city: { S: 'Anytown' },
        state: { S: 'ST' },
        postal_code: { S: '12345' },
      },
    },
    created_at: { S: '2025-09-05T10:00:00Z' },
    updated_at: { S: '2025-09-05T10:00:00Z' },
  })

test.each([['cancelled'], ['processing', 'shipped', 'delivered']])(
  'the specification’s sample order is read, and becomes %s',
  async (...statuses) => {
    const { shop } = await open()
    await putSample(shop)
    const shipping_address = { street: '123 Main St', city: 'Anytown', state: 'ST', postal_code: '12345' }
    const read = await shop.staff.get(`/api/orders/${SAMPLE_ID}`)
    expect(read).toMatchObject({ status: 200, body: { shipping_address, total: 52.42 } })
    expect(read.body.shipping_address).toEqual(shipping_address)
    for (const status of statuses)
      expect(await shop.staff.post(`/api/orders/${SAMPLE_ID}/status`, { status })).toMatchObject({
        status: 200,
        body: { status, shipping_address },
      })
    const [stored] = await readItems(shop, 'orders')
    expect(stored?.shipping_address).toEqual(shipping_address)
  },
)

test('an order that an earlier release took with a web address is read and moved on', async () => {
  const { shop } = await open()
  const street = 'https://evil.example/prize'
  await putSample(shop, street)
  const path = `/api/orders/${SAMPLE_ID}`
  expect((await shop.staff.get(path)).body.shipping_address.street).toBe(street)
  expect(await shop.staff.post(`${path}/status`, { status: 'processing' })).toMatchObject({ status: 200 })
})

test('an order of the sample’s cart has the sample’s amounts', async () => {
  const { shop, place } = await open()
  expect((await place(NEW_YORK)).status).toBe(201)
  expect((await readItems(shop, 'orders'))[0]).toMatchObject({
    subtotal: 42.99,
    tax: 3.44,
    shipping: 5.99,
    total: 52.42,
  })
})
