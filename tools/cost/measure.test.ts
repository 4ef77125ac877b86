import { expect, test } from 'vitest'
import { createDatabase } from '#src/composition/clients.ts'
import units from '../../data/measured-units.json' with { type: 'json' }
import { createTestShop, getTestEngine } from '../../test/kit.ts'
import { measure } from './measure.ts'
import { createConsumptionMeter } from './meter.ts'

test('measuring again gives the stored request units: no action has become more expensive unnoticed', async () => {
  const said: string[] = []
  expect(await measure(line => said.push(line))).toEqual(units.actions)
  // Messages about building the pages are allowed, failures are not.
  expect(said.filter(line => !line.includes('being built'))).toEqual([])
}, 60_000)

test('units are counted by the documented rules: 4 KB a read, 1 KB a write, twice in a transaction, once more for an index', async () => {
  const engine = await getTestEngine()
  const { deps, names } = await createTestShop({ withStaff: false })
  const meter = createConsumptionMeter()
  const db = createDatabase(deps.settings, () => engine.endpoint, meter.watch)
  const units = async (doing: Promise<unknown>) => {
    await doing
    const { reads, writes } = meter.take()
    return [reads, writes]
  }
  const key = { pk: 'p', sk: 's' }
  const row = (size: number) => ({
    action: 'Put' as const,
    table: names.control,
    item: { ...key, text: 'x'.repeat(size) },
  })
  // Attribute names count too: 2 + 1 + 2 + 1 + 4 bytes besides the text.
  expect(await units(db.write(row(1014)))).toEqual([0, 1])
  expect(await units(db.transact([row(1014)]))).toEqual([0, 2])
  expect(await units(db.write(row(1015)))).toEqual([0, 2])
  expect(await units(db.write(row(4086)))).toEqual([0, 4])
  expect(await units(db.get(names.control, key))).toEqual([1, 0])
  expect(await units(db.get(names.control, key, false))).toEqual([0.5, 0])
  expect(await units(db.write(row(4087)))).toEqual([0, 5])
  expect(await units(db.get(names.control, key))).toEqual([2, 0])
  // Reading a missing item costs as much as reading the smallest.
  expect(await units(db.get(names.control, { pk: 'p', sk: 'none' }))).toEqual([1, 0])
  const book = (title: string) => ({
    action: 'Put' as const,
    table: names.books,
    item: { category: 'C', book_id: 'b', title },
  })
  expect(await units(db.write(book('one')))).toEqual([0, 2])
  // A changed title deletes one index entry and adds one.
  expect(await units(db.write(book('two')))).toEqual([0, 3])
  await db.close()
})

test('a store that does not report consumed capacity is an error, not a cost of zero', () => {
  const meter = createConsumptionMeter()
  const call = { operation: 'GetItem', tables: ['t'], ms: 1, isOnItems: true, answer: {} }
  expect(() => meter.watch(call)).toThrow('ReturnConsumedCapacity')
  meter.watch({ ...call, operation: 'DescribeTable', isOnItems: false })
  expect(meter.take()).toEqual({ calls: 0, reads: 0, writes: 0 })
})
