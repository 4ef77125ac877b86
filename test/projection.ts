/** Test kit for the projection: one of a test shop's tables, in a database of its own. */
import { MIGRATIONS } from '#src/projection/migrations.ts'
import { createProjection } from '#src/projection/projection.ts'
import { TEST_SECRET, type TestShop } from './kit.ts'
import { openTestDatabase } from './postgres.ts'

/** Parts of a projection over the shop's tables, into a fresh database. */
export const createTestProjection = async ({ deps, names }: Pick<TestShop, 'deps' | 'names'>) => {
  const { sql, url } = await openTestDatabase({ migrations: MIGRATIONS })
  const { db, currency } = deps
  const parts = createProjection({ db, sql, names, currency, secret: TEST_SECRET })
  return { ...parts, url, settled: async () => true }
}
