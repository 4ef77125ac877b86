/** Test kit for the projection: one of a test shop's tables, in a database of its own. */
import { createApply } from '#src/projection/apply.ts'
import { MIGRATIONS } from '#src/projection/migrations.ts'
import { createPseudonyms } from '#src/projection/pseudonyms.ts'
import { projectedTables } from '#src/projection/tables.ts'
import { TEST_SECRET, type TestShop } from './kit.ts'
import { openTestDatabase } from './postgres.ts'

/** Parts of a projection over the shop's tables, into a fresh database. */
export const createTestProjection = async ({ deps, names }: Pick<TestShop, 'deps' | 'names'>) => {
  const { sql, url } = await openTestDatabase({ migrations: MIGRATIONS })
  const { db, currency } = deps
  const pseudonyms = createPseudonyms(TEST_SECRET)
  const parts = { db, sql, currency, pseudonyms, tables: projectedTables(names) }
  return { ...parts, url, apply: createApply(parts), settled: async () => true }
}
