/** Amounts of an order in the table, the API, the personal data export and mails. */
import { expect, test } from 'vitest'
import { createMailCapture, createMailShop } from '../../test/mail.ts'
import { putForeignItem, readItems } from '../../test/table-contents.ts'
import { minorUnits } from '../core/money.ts'
import { sendDueMail } from '../notifications/worker.ts'

const DISCOUNT = { id: 'spring', label: 'Spring sale', amount: minorUnits(-430) }
const amounts = {
  subtotal: minorUnits(4299),
  adjustments: [DISCOUNT],
  tax: minorUnits(310),
  shipping: minorUnits(599),
  total: minorUnits(4778),
}
const fields = {
  subtotal: 42.99,
  adjustments: [{ id: 'spring', label: 'Spring sale', amount: -4.3 }],
  tax: 3.1,
  shipping: 5.99,
  total: 47.78,
}

test('a discount is stored, sent and mailed between subtotal and total', async () => {
  const shop = await createMailShop()
  const order = await shop.place({ amounts })
  expect(await readItems(shop, 'orders')).toMatchObject([fields])
  expect((await shop.staff.get(`/api/orders/${order.order_id}`)).body).toMatchObject(fields)
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...shop.deps, transport })
  expect(mails[0]?.text).toMatch(
    /Subtotal +\$42\.99\nSpring sale +-\$4\.30\nTax +\$3\.10\nShipping +\$5\.99\nTotal +\$47\.78\n/,
  )
})

test('an order without adjustments has the fields of the specification alone, in the table and in JSON', async () => {
  const shop = await createMailShop()
  const order = await shop.place()
  const { body } = await shop.staff.get(`/api/orders/${order.order_id}`)
  for (const one of [body, ...(await readItems(shop, 'orders'))]) {
    expect(one).toMatchObject({ subtotal: 42.99, tax: 3.44, shipping: 5.99, total: 52.42 })
    expect(one).not.toHaveProperty('adjustments')
    expect(one).not.toHaveProperty('amounts')
  }
})

test.each([
  ['text', { S: 'ten percent' }],
  ['a list of something else', { L: [{ N: '1' }] }],
])(
  'an attribute `adjustments` that another client wrote as %s does not hide the order',
  async (_, adjustments) => {
    const shop = await createMailShop()
    await putForeignItem(shop, 'orders', {
      user_id: { S: 'user-12345' },
      order_id: { S: 'order-2025-09-05-xyz123' },
      order_date: { S: '2025-09-05' },
      items: { L: [] },
      adjustments,
      total: { N: '42.99' },
      status: { S: 'confirmed' },
      created_at: { S: '2025-09-05T12:00:00Z' },
      updated_at: { S: '2025-09-05T12:00:00Z' },
    })
    const { status, body } = await shop.staff.get('/api/orders/order-2025-09-05-xyz123')
    expect({ status, total: body.total, adjustments: body.adjustments }).toEqual({
      status: 200,
      total: 42.99,
    })
  },
)
