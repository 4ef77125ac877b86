/** The quiet state of a restored shop: no mail and no deletion until `resume`, which repeats erasures and mails nothing twice. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, temporaryFolder } from '../../test/kit.ts'
import { scanRaw } from '../core/dynamo/raw-items.ts'
import { sendDueMail } from '../notifications/worker.ts'
import { erasePerson } from '../privacy/erase.ts'
import { isQuiet, readRestored } from '../tables/quiet.ts'
import { appendErasures, completeErasures, erasureListPath, readErasures } from './erasure-list.ts'
import { verifyArchive } from './read.ts'
import { restoreArchive } from './restore.ts'
import { resumeShop } from './resume.ts'
import { writeArchive } from './write.ts'

test('a restored shop mails nothing until it is resumed, then only what is new, and erased accounts are gone again', async () => {
  const backupDir = temporaryFolder()
  const shop = await createTestShop({ books: [aBook()], env: { BACKUP_DIR: backupDir } })
  const [stays, goes] = [await shop.account(), await shop.account()]
  await goes.post('/api/cart/items', { book_id: 'tech-001' })
  const order = await checkOut(goes, undefined, { email: goes.email })
  expect(order.status).toBe(201)
  const file = join(temporaryFolder(), 'shop.tar')
  await writeArchive(
    file,
    {
      head: {
        release: '0.2.0',
        data_version: '0.2.0',
        as_of: new Date().toISOString(),
        method: 'snapshot',
        currency: 'USD',
        public_url: 'https://shop.example',
      },
      items: id => scanRaw(shop.deps.db, shop.names[id]),
      cover: async () => undefined,
      settings: [],
      secrets: [],
    },
    { passphrase: undefined, now: () => new Date() },
  )
  // After the backup, which therefore does not know of it.
  await erasePerson(shop.deps, goes.userId)
  const listed = await readErasures(erasureListPath(backupDir))
  expect(listed.map(one => one.user_id)).toEqual([goes.userId])

  const target = await createTestShop({ withStaff: false })
  const sent: string[] = []
  const worker = {
    ...target.deps,
    transport: { send: async ({ to }: { to: string }) => void sent.push(to) },
  }
  const { head } = await verifyArchive(file, { passphrase: undefined, dataVersion: '0.2.0' })
  await restoreArchive(target.deps, file, head, { passphrase: undefined, keep: () => {} })
  const buyer = target.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(buyer, undefined, { email: 'new@example.com' })).status).toBe(201)
  expect((await buyer.get('/api/health')).body.quiet).toBe(true)
  await sendDueMail(worker)
  expect(sent).toEqual([])
  expect(await target.deps.users.get(goes.userId)).toMatchObject({ email: goes.email })

  const restored = await readRestored(target.deps)
  if (!restored) throw new Error('the shop is not quiet')
  expect(await resumeShop(target.deps, restored, listed)).toEqual({ erased: 1, dropped: 0 })
  expect(await isQuiet(target.deps)).toBe(false)
  expect(await target.deps.users.get(goes.userId)).toBeUndefined()
  expect(await target.deps.users.get(stays.userId)).toMatchObject({ email: stays.email })
  await sendDueMail(worker)
  expect(sent).toEqual(['new@example.com'])
})

test('mails that came with the backup become dead letters, and a naive resume would send them again', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001' })
  expect((await checkOut(buyer, undefined, { email: 'old@example.com' })).status).toBe(201)
  const sent: string[] = []
  const worker = { ...shop.deps, transport: { send: async ({ to }: { to: string }) => void sent.push(to) } }
  const restored = {
    state: 'quiet',
    backup: 'b',
    asOf: new Date(),
    restoredAt: new Date(Date.now() + 1),
  } as const
  const naive = { ...restored, restoredAt: new Date(0) }
  expect(await resumeShop(shop.deps, naive, [])).toEqual({ erased: 0, dropped: 0 })
  expect(await resumeShop(shop.deps, restored, [])).toEqual({ erased: 0, dropped: 1 })
  await sendDueMail(worker)
  expect(sent).toEqual([])
})

test('the list of erasures grows, is completed once, and says which line is damaged', async () => {
  const dir = temporaryFolder()
  const at = '2026-03-01T00:00:00.000Z'
  const [one, two] = [
    { user_id: 'user-1', at },
    { user_id: 'user-2', at },
  ]
  await appendErasures(dir, [one])
  await completeErasures(dir, [one, two])
  await completeErasures(dir, [one, two])
  const file = erasureListPath(dir)
  expect(await readErasures(file)).toEqual([one, two])
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"user_id":"cut o`)
  expect(await readErasures(file)).toEqual([one, two])
  writeFileSync(file, 'nonsense\n')
  await expect(readErasures(file)).rejects.toThrow(/line 1/)
})
