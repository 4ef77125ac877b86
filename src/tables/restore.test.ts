/** Restore from a copy: later changes are undone, and tombstones of erased accounts are kept. */
import { expect, test } from 'vitest'
import { createTestShop } from '../../test/kit.ts'
import { createTables } from './provision.ts'
import { restoreTable } from './restore.ts'

test('a restore makes the items those of the copy, keeps tombstones, and changes nothing the second time', async () => {
  const { deps, names } = await createTestShop()
  const { db } = deps
  const from = `${names.control}-back`
  await createTables(db, { ...names, control: from })
  const write = (table: string, pk: string, value: number) =>
    db.write({ action: 'Put', table, item: { pk, sk: 'row', value } })
  const rows = async () => {
    const found: Record<string, unknown> = {}
    for await (const items of db.scan(names.control))
      for (const { pk, value } of items) found[String(pk)] = value
    return found
  }
  for (const [pk, value] of [
    ['same', 1],
    ['changed', 1],
    ['deleted', 1],
  ] as const)
    await write(from, pk, value)
  await write(names.control, 'same', 1)
  await write(names.control, 'changed', 2)
  await write(names.control, 'added', 2)
  await write(names.control, 'erasures', 2)

  const before = Object.keys(await rows()).length
  const result = await restoreTable(db, 'control', { name: names.control, from })
  expect(result).toEqual({ written: 2, deleted: before - 3, same: 2 })
  expect(await rows()).toEqual({ same: 1, changed: 1, deleted: 1, erasures: 2 })
  expect(await restoreTable(db, 'control', { name: names.control, from })).toEqual({
    written: 0,
    deleted: 0,
    same: 4,
  })
})

test('a restore from a table that does not exist fails and deletes nothing', async () => {
  const { deps, names } = await createTestShop()
  await deps.db.write({
    action: 'Put',
    table: names.users,
    item: { user_id: 'user-1', email: 'a@shop.example' },
  })
  await expect(
    restoreTable(deps.db, 'users', { name: names.users, from: `${names.users}-none` }),
  ).rejects.toThrow()
  expect(await deps.db.get(names.users, { user_id: 'user-1' })).toMatchObject({ user_id: 'user-1' })
})
