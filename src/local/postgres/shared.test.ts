import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../test/local.ts'
import { lockDataFolder, readLockOwner } from '../data-folder.ts'
import { postgresFolder } from './cluster.ts'
import { acquirePostgres } from './shared.ts'

const EMBEDDED = { url: 'embedded' }

test('a command takes the database of a URL as it is, and creates no embedded one unless it is meant to', async () => {
  const dir = tempFolder()
  const own = await acquirePostgres({ url: 'postgres://a:b@db.example/c' }, dir)
  expect(own.url).toBe('postgres://a:b@db.example/c')
  await own.close()
  await expect(acquirePostgres(EMBEDDED, dir)).rejects.toThrow(/there is no embedded PostgreSQL in .* yet/)
})

test('a shop without PostgreSQL is named, and a folder that cannot be started on is unlocked again', async () => {
  const dir = tempFolder()
  const { data } = postgresFolder(dir)
  mkdirSync(data, { recursive: true })
  writeFileSync(`${data}/PG_VERSION`, '12\n')
  await expect(acquirePostgres(EMBEDDED, dir)).rejects.toThrow(/is from PostgreSQL 12/)
  expect(readLockOwner(dir)).toBeUndefined()
  const shop = await lockDataFolder(dir)
  onTestFinished(shop.release)
  await expect(acquirePostgres(EMBEDDED, dir, { waitMs: 60 })).rejects.toThrow(
    `the shop (pid ${process.pid}) runs, but not its PostgreSQL: start it with DATABASE_URL=embedded`,
  )
})
