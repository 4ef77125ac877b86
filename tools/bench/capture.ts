/**
 * Cost of change capture for a checkout, `npm run bench:capture`: slices of checkouts with capture on alternate with slices without it,
 * in one process, which switches with the reader of the journal.
 */
import { createBookTable } from '#src/catalog/table.ts'
import { openJournalReader } from '#src/local/journal/reader.ts'
import { createSliceRunner, type Slice, summarize } from './interleaved.ts'
import type { LoadJob, LoadResult } from './load-generator.ts'
import { cpuSeconds } from './measure.ts'
import { openTables, prepareCarts } from './prepared-carts.ts'
import { createCheckouts } from './requests.ts'
import { runBench } from './run-bench.ts'
import { startShop } from './shop-process.ts'
import { startWorker } from './worker.ts'

const ROUNDS = Number(process.argv[2] ?? 20)
const SLICE_SECONDS = 1
const CONNECTIONS = 4
/** Carts for a checkout rate that no laptop has. */
const CARTS_PER_SECOND = 250
/** Enough that nothing sells out. */
const STOCK = 1_000_000

await runBench(async folder => {
  const shop = await startShop(folder, '/api/books')
  const tables = openTables(shop.engine.endpoint)
  const table = createBookTable(tables)
  const books = []
  for await (const rows of table.rows())
    for (const row of rows)
      if ('title' in row) {
        const { category, book_id } = row
        await tables.db.write({
          action: 'Update',
          table: tables.names.books,
          key: { category, book_id },
          set: 'SET stock_quantity = :stock',
          values: { ':stock': STOCK },
        })
        books.push({ ...row, stock_quantity: STOCK })
      }
  const count = Math.ceil((2 * ROUNDS + 2) * SLICE_SECONDS * CARTS_PER_SECOND)
  const carts = await prepareCarts(tables, books, { count, lines: 3, seed: 1 })
  await tables.db.close()
  const generator = startWorker<LoadJob, LoadResult>('load-generator.ts')
  const requests = createCheckouts(carts)
  await generator.run({
    kind: 'prepare',
    name: 'checkout',
    port: shop.port,
    connections: CONNECTIONS,
    requests,
    status: 201,
    once: true,
  })
  const run = createSliceRunner(generator, 'checkout')
  await run(2 * SLICE_SECONDS)
  const slices: Record<'off' | 'on', Slice[]> = { off: [], on: [] }
  const cpu = { off: 0, on: 0 }
  const measure = async (state: 'off' | 'on') => {
    const before = cpuSeconds(shop.pid) ?? 0
    slices[state].push(await run(SLICE_SECONDS))
    cpu[state] += (cpuSeconds(shop.pid) ?? 0) - before
  }
  const measureOn = async () => {
    const reader = await openJournalReader(folder, 'bench', { settleMs: 0 })
    await measure('on')
    reader.unregister()
  }
  for (let round = 0; round < ROUNDS; round++) {
    // Each comes first in every other round, since what is stored grows.
    if (round % 2 === 0) await measure('off')
    await measureOn()
    if (round % 2 === 1) await measure('off')
  }
  const [off, on] = [summarize(slices.off), summarize(slices.on)]
  const perOrder = { off: (1000 * cpu.off) / off.operations, on: (1000 * cpu.on) / on.operations }
  const percent = (a: number, b: number) => `${((b / a - 1) * 100).toFixed(1)} %`
  console.log(
    `checkouts of 3 lines, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SLICE_SECONDS} s by turns`,
  )
  console.log(
    `capture off: p50 ${off.p50.toFixed(2)} ms, ${perOrder.off.toFixed(2)} ms of CPU, ${off.operations} orders`,
  )
  console.log(
    `capture on:  p50 ${on.p50.toFixed(2)} ms, ${perOrder.on.toFixed(2)} ms of CPU, ${on.operations} orders`,
  )
  console.log(`difference:  p50 ${percent(off.p50, on.p50)}, CPU ${percent(perOrder.off, perOrder.on)}`)
})
