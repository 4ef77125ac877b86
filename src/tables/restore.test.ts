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

test('a restore writes in parallel, and after an interruption goes on with what is missing', async () => {
  const { deps, names } = await createTestShop()
  const from = `${names.carts}-back`
  await createTables(deps.db, { ...names, carts: from })
  const ids = Array.from({ length: 300 }, (_, i) => `cart-${i}`)
  const put = (table: string, id: string) =>
    deps.db.write({ action: 'Put', table, item: { user_id: 'guest-1', cart_id: id } })
  await Promise.all(ids.flatMap(id => [put(from, id), put(names.carts, `later-${id}`)]))

  let [left, running, most] = [450, 0, 0]
  const failing = {
    ...deps.db,
    write: async (...one: Parameters<typeof deps.db.write>) => {
      if (left-- <= 0) throw new Error('cut off')
      running++
      most = Math.max(most, running)
      await deps.db.write(...one)
      running--
    },
  }
  const table = { name: names.carts, from }
  await expect(restoreTable(failing, 'carts', table)).rejects.toThrow('cut off')
  // No write is still under way after it has failed.
  expect([running, most > 8, most <= 48]).toEqual([0, true, true])

  const progress: number[] = []
  const result = await restoreTable(deps.db, 'carts', table, ({ written, toWrite }) => {
    if (toWrite !== undefined) progress.push(toWrite - written)
  })
  expect(result).toEqual({ written: 150, deleted: 0, same: 150 })
  expect(progress).toEqual(Array.from({ length: 150 }, (_, i) => 149 - i))
  expect((await restoreTable(deps.db, 'carts', table)).same).toBe(300)
})
