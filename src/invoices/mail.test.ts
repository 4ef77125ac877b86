import { readFile } from 'node:fs/promises'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { createMailCapture } from '../../test/mail.ts'
import { openPaidShop } from '../../test/paid-shop.ts'
import { asFunction } from '../../test/table-rights.ts'
import * as delivery from '../notifications/delivery.ts'
import { createFolderTransport, mailsIn } from '../notifications/transport.ts'

const deliver = asFunction('OutboxConsumer', delivery.deliver)

test.each([
  ['ship', 'order_shipped'],
  ['order', 'order_confirmed'],
])(
  'INVOICE_AT=%s: the mail has the invoice attached, which it issues where that was cut off',
  async (at, event) => {
    const paid = await openPaidShop({ INVOICE_AT: at })
    const { deps } = paid.shop
    const { invoicing } = deps
    // The process is gone before it is issued.
    Object.assign(deps, { invoicing: { ...invoicing, issue: async () => {} } })
    const { order_id } = await paid.order({ method: 'invoice' })
    for (const status of ['processing', 'shipped'])
      await (await paid.staff()).post(`/api/orders/${order_id}/status`, { status })
    const { mails, transport } = createMailCapture()
    for (const row of await deps.outbox.listDue(deps.now(), 20)) await deliver({ ...deps, transport }, row)
    const attached = mails.flatMap(({ id, attachments = [] }) => attachments.map(one => ({ id, ...one })))
    expect(attached).toMatchObject([
      { id: `${order_id}#${event}`, name: 'invoice-2026-000001.pdf', mediaType: 'application/pdf' },
    ])
    const [{ number } = { number: '' }] = await deps.invoices.list(order_id)
    expect(number).toBe('2026-000001')
  },
)

test('a mail in the folder carries its attachment', async () => {
  const folder = temporaryFolder()
  const transport = createFolderTransport(folder, { name: 'Shop', address: 'shop@example.com' })
  const bytes = new Uint8Array([37, 80, 68, 70, 0, 255])
  await transport.send({
    id: 'order-1#order_shipped',
    to: 'reader@example.com',
    subject: 'Order shipped',
    html: '<p>Shipped</p>',
    text: 'Shipped',
    attachments: [{ name: 'invoice-2026-000001.pdf', mediaType: 'application/pdf', bytes }],
  })
  const [path = ''] = await mailsIn(folder)
  const { attachments, text } = await PostalMime.parse(await readFile(path))
  expect(text).toContain('Shipped')
  expect(attachments).toMatchObject([{ filename: 'invoice-2026-000001.pdf', mimeType: 'application/pdf' }])
  expect(new Uint8Array(attachments[0]?.content as ArrayBuffer)).toEqual(bytes)
})
