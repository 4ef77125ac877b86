/** Scheduled backups: one a day at the shop's own time, old ones deleted after a good one only, and failures that are seen. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestShop, temporaryFolder } from '../../test/kit.ts'
import { lastDue } from '../backup/schedule.ts'
import { checkBackups } from '../cli/doctor-backups.ts'
import { createScheduledBackups, type MakeBackup } from './scheduled-backup.ts'

test('a backup is due at its time of day in the time zone, also when the clocks change', () => {
  const due = (now: string, hour: number, timeZone: string) =>
    lastDue(new Date(now), { hour, minute: 30, timeZone }).toISOString()
  expect(due('2026-03-01T03:29:00Z', 3, 'UTC')).toBe('2026-02-28T03:30:00.000Z')
  expect(due('2026-03-01T03:30:00Z', 3, 'UTC')).toBe('2026-03-01T03:30:00.000Z')
  expect(due('2026-01-10T12:00:00Z', 3, 'Europe/Berlin')).toBe('2026-01-10T02:30:00.000Z')
  expect(due('2026-07-10T12:00:00Z', 3, 'Europe/Berlin')).toBe('2026-07-10T01:30:00.000Z')
  expect(due('2026-07-10T00:30:00Z', 20, 'America/Los_Angeles')).toBe('2026-07-09T03:30:00.000Z')
  // 2:30 does not exist on this day, and exists twice on the other one.
  expect(due('2026-03-29T12:00:00Z', 2, 'Europe/Berlin')).toMatch(/^2026-03-29T0[01]:30/)
  expect(due('2026-10-25T12:00:00Z', 2, 'Europe/Berlin')).toMatch(/^2026-10-25T0[01]:30/)
})

test('one backup a day is made and verified, old ones go only after it, and a failure is tried again and seen', async () => {
  const dir = join(temporaryFolder(), 'backups')
  let now = new Date('2026-03-01T12:00:00Z')
  const failures: unknown[] = []
  const shop = await createTestShop({
    env: { BACKUP_DIR: dir, BACKUP_KEEP: '2', BACKUP_TIME: '03:30' },
    now: () => now,
    withStaff: false,
    log: { failure: error => failures.push(error) },
  })
  let reason: string | undefined
  let tries = 0
  const make: MakeBackup = async file => {
    tries++
    if (reason === undefined) writeFileSync(file, 'an archive')
    return reason
  }
  const backups = createScheduledBackups(shop.deps, new AbortController().signal, make)
  const health = async () => (await shop.visitor().get('/api/health')).body.backup
  const tars = () => readdirSync(dir).filter(name => name.endsWith('.tar'))
  expect(await health()).toEqual({ state: 'late', latest_at: null })
  mkdirSync(dir)
  writeFileSync(join(dir, 'cloudshelf-2026-02-01T033000Z.tar.77.partial'), 'left by a killed one')
  await backups?.run()
  await backups?.run()
  expect(readdirSync(dir)).toEqual(['cloudshelf-2026-03-01T120000Z.tar'])
  expect(await health()).toEqual({ state: 'ok', latest_at: '2026-03-01T12:00:00.000Z' })
  expect(checkBackups(shop.deps)).toMatchObject([{ state: 'ok' }])
  for (const day of ['02', '03', '04']) {
    now = new Date(`2026-03-${day}T03:30:00Z`)
    await backups?.run()
  }
  expect(tars()).toEqual(['cloudshelf-2026-03-03T033000Z.tar', 'cloudshelf-2026-03-04T033000Z.tar'])

  now = new Date('2026-03-05T04:00:00Z')
  expect((await health()).state).toBe('ok')
  reason = 'the disk is full'
  await backups?.run()
  await backups?.run()
  expect([tries, failures.length, tars().length]).toEqual([5, 1, 2])
  expect(checkBackups(shop.deps)).toMatchObject([
    { state: 'fail', found: expect.stringContaining('the disk is full') },
  ])
  now = new Date('2026-03-05T05:30:00Z')
  expect((await health()).state).toBe('late')
  reason = undefined
  await backups?.run()
  expect([tries, tars().length, (await health()).state]).toEqual([6, 2, 'ok'])
  expect(checkBackups(shop.deps)).toMatchObject([{ state: 'ok' }])
})

test('a shop without BACKUP_DIR has no backups, and says nothing of them', async () => {
  const shop = await createTestShop({ withStaff: false })
  expect(createScheduledBackups(shop.deps, new AbortController().signal)).toBeUndefined()
  expect(checkBackups(shop.deps)).toEqual([])
  expect((await shop.visitor().get('/api/health')).body).toMatchObject({ backup: null, quiet: false })
})
