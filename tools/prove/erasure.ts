/** Guarantee 23: account erasure removes all personal data that the law does not require to be kept. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mailFolder } from '#src/composition/settings.ts'
import { sendDueMail } from '#src/notifications/worker.ts'
import { createAccountShop, PASSWORD } from '../../test/accounts.ts'
import { aBook, type Json, type Shopper } from '../../test/kit.ts'
import { dumpTables, readItems } from '../../test/table-contents.ts'
import type { Guarantee } from './guarantee.ts'

/** Creates a customer whose marker stands in every field that accepts personal data. */
const createCustomerWithData = async (shop: Awaited<ReturnType<typeof createAccountShop>>, i: number) => {
  const mark = `canary-${i}`
  const email = `${mark}-mail@example.com`
  const address = {
    name: `${mark}-name`,
    street: `${mark}-street 1`,
    line2: `${mark}-floor 3`,
    city: `${mark}-city`,
    state: `${mark}-state`,
    postal_code: `${mark}`.slice(0, 12),
    country: 'HK',
  }
  const order = async (who: Shopper): Promise<Json> => {
    await who.post('/api/cart/items', { book_id: 'tech-001' })
    const { body: cart } = await who.get('/api/cart')
    const body = { cart_version: cart.version, expected_total: cart.total, email, shipping_address: address }
    return (await who.post('/api/orders', body, { 'idempotency-key': crypto.randomUUID() })).body
  }
  await order(shop.visitor())
  const person = await shop.member(email)
  await person.call('PATCH', '/api/users/me', {
    first_name: `${mark}-first`,
    last_name: `${mark}-last`,
    address,
  })
  for (const where of ['home', 'work', 'parents'])
    await person.post('/api/users/me/addresses', { ...address, street: `${mark}-${where} 2` })
  const done = await order(person)
  for (const status of ['processing', 'shipped', 'delivered'])
    await shop.staff.post(`/api/orders/${done.order_id}/status`, { status })
  await person.post('/api/cart/items', { book_id: 'tech-001' })
  return { email, person, done }
}

const erased: Guarantee = {
  number: 23,
  title: 'Account erasure is complete',
  criterion:
    'no personal data left in tables, error reports or mails, but the name and address on invoices; order totals unchanged; sessions ended; the email address can be used again',
  prove: async run => {
    const count = run.quick ? 2 : 20
    const shop = await createAccountShop({ books: [aBook({ stock_quantity: 1_000 })] })
    const lives = []
    for (let i = 0; i < count; i++) lives.push(await createCustomerWithData(shop, i))
    await sendDueMail(shop.deps)
    const folder = mailFolder(shop.deps.settings.dataDir)
    const mails = () => {
      try {
        return readdirSync(folder)
          .map(name => readFileSync(join(folder, name), 'utf8'))
          .join('')
      } catch {
        return ''
      }
    }
    /** Without those on invoices, which the law wants kept. */
    const marks = async () => {
      const rows = (await dumpTables(shop)).split('\n').filter(row => !row.includes('"S":"order#'))
      return [...`${rows.join('\n')}${mails()}`.matchAll(/canary-/g)].length
    }
    const before = await marks()
    let dead = 0
    for (const { person } of lives) {
      const { status } = await person.call('DELETE', '/api/users/me', { password: PASSWORD })
      const { body } = await person.get('/api/auth/session')
      if (status === 204 && body.signed_in === false) dead++
    }
    // Open orders keep the address until they are delivered or cancelled.
    for (const { user_id: _, order_id, status } of await readItems(shop, 'orders'))
      if (status === 'confirmed') await shop.staff.post(`/api/orders/${order_id}/cancel`)
    // The mail that tells of the erasure is the last to know the address.
    await shop.mail()
    const left = await marks()
    const reports = shop.reportedErrors.length
    const kept = (await readItems(shop, 'orders')).filter(({ total }) => total === 52.42).length
    const again = await shop.member(lives[0]?.email ?? '')
    const isFree = (await again.get('/api/orders')).body.items?.length === 0
    await createCustomerWithData(shop, 99)
    const gone = (await readItems(shop, 'users')).find(({ email }) => email.startsWith('canary-99'))
    await shop.deps.db.write({ action: 'Delete', table: shop.names.users, key: { user_id: gone?.user_id } })
    const naive = [...(await dumpTables(shop)).matchAll(/canary-99/g)].length
    return {
      method: `${count} people with marker data in profile, addresses, orders as guest and as account, cart and mails`,
      result: `${before} markers before, ${left} after; ${dead} of ${count} sessions ended; ${kept} of ${2 * count} orders keep their total; the email address is ${isFree ? 'free' : 'taken'}`,
      holds:
        before > 10 * count && left === 0 && dead === count && kept === 2 * count && isFree && reports === 0,
      control: {
        result: `${naive} markers of one person left if only the account is deleted`,
        failed: naive > 0,
      },
    }
  },
}

export const erasureGuarantees = [erased]
