import { expect, test, vi } from 'vitest'
import { waitUntil } from '../../../test/local.ts'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../../test/sample-books.ts'
import type { SearchMode } from '../../catalog/search-mode.ts'
import { storedCurrency } from '../../core/currency.ts'
import { type Sql, SqlError } from '../../core/sql/sql.ts'
import { DEFAULT_TABLE_NAMES } from '../../tables/definitions.ts'
import { createLocalSearch } from './search.ts'

const memory = createIndex(SAMPLE_BOOKS).search

const open = (query: Sql['query'], search: SearchMode, now?: () => number) => {
  const sql: Sql = { query, transaction: work => work({ query }), close: async () => {} }
  const log = { event: vi.fn(), failure: vi.fn() }
  const get = vi.fn(async () => undefined)
  const local = createLocalSearch({
    settings: { search, currency: storedCurrency('USD'), names: DEFAULT_TABLE_NAMES },
    db: { get } as never,
    sql,
    writer: sql,
    projection: () => ({ state: 'following', asOf: new Date(), items: undefined, generation: '' }),
    log,
    stopWithinMs: 20,
    ...(now && { now }),
  })
  return { local, log, get, search: local.connect({ changedAt: 0 }) }
}

test('a server that hangs does not hold up the end of the shop for what shadow mode has counted', async () => {
  const query = vi.fn(() => new Promise<never>(() => {}))
  const { local, search, get } = open(query, 'shadow')
  local.start()
  await waitUntil(() => get.mock.calls.length > 0)
  for (let i = 0; i < 3; i++) await search.over(memory).browse(browseQuery())
  expect(search.status().shadow.dropped).toBe(1)
  await local.stop()
  expect(query).toHaveBeenCalledWith(expect.stringContaining('search.shadow'), expect.anything())
})

test('a fallback is logged once, and again after a minute without one', async () => {
  let now = 0
  const refuse = () => Promise.reject(new SqlError('refused', 'permission denied', '42501'))
  const { search, log } = open(refuse, 'postgres', () => now)
  const ask = async (at: number) => {
    now = at
    await search.over(memory).browse(browseQuery())
    return log.event.mock.calls.length
  }
  expect([await ask(0), await ask(50_000), await ask(100_000), await ask(161_000)]).toEqual([1, 1, 1, 2])
  expect(log.event).toHaveBeenLastCalledWith('search', expect.stringContaining('permission denied'))
})
