import { expect, test } from 'vitest'
import { openTestDatabase } from '../../../test/postgres.ts'
import { type Migration, migrate, readMigration } from './migrate.ts'
import { SqlError } from './sql.ts'

const { sql } = await openTestDatabase()

const FIRST: Migration = {
  number: 1,
  name: 'things',
  statements: ['create schema shop', 'create table shop.things (id int)'],
}
const SECOND: Migration = { number: 2, name: 'more', statements: ['alter table shop.things add name text'] }

test('processes that begin together apply each migration once; a later release applies what is new', async () => {
  expect(await readMigration(sql)).toBeUndefined()
  const applied = await Promise.all([1, 2, 3].map(() => migrate(sql, [FIRST])))
  expect(applied.flat()).toEqual([FIRST])
  expect(await migrate(sql, [FIRST, SECOND])).toEqual([SECOND])
  expect(await readMigration(sql)).toBe(2)
})

test('an earlier release refuses the database of a later one', async () => {
  const error = await migrate(sql, [FIRST]).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(SqlError)
  expect(String(error)).toMatch(/newer release \(migration 2, this release knows 1\)/)
})

test('a migration that fails leaves nothing behind, and can be applied once it is mended', async () => {
  const broken = {
    number: 3,
    name: 'broken',
    statements: ['create table shop.extra (id int)', 'select nothing'],
  }
  await expect(migrate(sql, [FIRST, SECOND, broken])).rejects.toThrow('column "nothing" does not exist')
  expect(await sql.query("select to_regclass('shop.extra') as found")).toEqual([{ found: null }])
  expect(
    await migrate(sql, [FIRST, SECOND, { ...broken, statements: ['create table shop.extra (id int)'] }]),
  ).toHaveLength(1)
  await expect(migrate(sql, [{ ...FIRST, number: 2 }])).rejects.toThrow('must be numbered 1, 2, 3')
})
