/** Benchmark `npm run bench`: throughput and CPU of the shop, compared with a server that returns a constant, with targets. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Book } from '#src/catalog/schema.ts'
import type { CeilingJob, CeilingResult } from './ceiling.ts'
import { measureCalls } from './client-calls.ts'
import type { EngineJob, EngineResult } from './engine-alone.ts'
import { measureIdleMemory, measureStarts } from './idle-shop.ts'
import {
  createSliceRunner,
  type Effort,
  measureInterleaved,
  type OperationResult,
  requestAllOnce,
  type SliceRunner,
} from './interleaved.ts'
import type { LoadJob, LoadResult } from './load-generator.ts'
import { detectMachine } from './machine.ts'
import { memoryMegabytes } from './measure.ts'
import { createOperations, type Operation } from './operations.ts'
import { type Figure, formatFigures, formatTable, isMissed, isOverTarget } from './report.ts'
import { getRequest } from './requests.ts'
import { runBench } from './run-bench.ts'
import { createShopChapter } from './shop-chapter.ts'
import { type ShopProcess, startShop } from './shop-process.ts'
import { fillDataFolder, readBooks } from './test-catalog.ts'
import { startWorker, stopWorkers, type Worker } from './worker.ts'
import { writeChapter } from './write-docs.ts'

const { values: options } = parseArgs({
  options: {
    /** Short run; the exit code does not depend on the targets. */
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    data: { type: 'string', default: '../shared/data' },
    /** Only operations whose name contains this text. */
    only: { type: 'string' },
    /** Log level of the shop; `requests` shows the cost of request logging. */
    log: { type: 'string' },
    /** Updates docs/performance.md with these figures. */
    'write-docs': { type: 'boolean', default: false },
  },
})

const effort: Effort = options.quick
  ? { rounds: 1, sliceSeconds: 1, warmSeconds: 0.5 }
  : { rounds: 4, sliceSeconds: 1.5, warmSeconds: 1 }
const MANY = options.quick ? 250 : 1_000
const STARTS = options.quick ? 2 : 5
const FIRST_BOOK = '/api/books/1'
const BUYERS = 8

const say = (line: string): void => console.error(line)

const startCeiling = async (
  shop: ShopProcess,
  generator: Worker<LoadJob, LoadResult>,
): Promise<SliceRunner> => {
  const answer = await fetch(`http://127.0.0.1:${shop.port}/api/books?limit=24`)
  const { items } = (await answer.json()) as { items: unknown[] }
  const { port } = await startWorker<CeilingJob, CeilingResult>('ceiling.ts').run({ items })
  const constant = { connections: 16, status: 200, once: false, requests: [getRequest('/constant')] }
  await generator.run({ kind: 'prepare', name: 'ceiling', port, ...constant })
  const ceiling = createSliceRunner(generator, 'ceiling')
  await ceiling(effort.warmSeconds)
  return ceiling
}

const startEngineAlone = async (shop: ShopProcess, books: readonly Book[]): Promise<SliceRunner> => {
  const buyer = startWorker<EngineJob, EngineResult>('engine-alone.ts')
  const { endpoint } = shop.engine
  const carts = { count: 8 * MANY, lines: 3, seed: 7 }
  await buyer.run({ kind: 'prepare', endpoint, books, carts, atOnce: BUYERS })
  const alone: SliceRunner = seconds => buyer.run({ kind: 'run', seconds })
  await alone(effort.warmSeconds)
  return alone
}

const measure = async (
  operation: Operation,
  shop: ShopProcess,
  generator: Worker<LoadJob, LoadResult>,
  references: { readonly ceiling: SliceRunner; readonly engine: SliceRunner },
): Promise<OperationResult> => {
  const { name, reference, target, warmUp, ...load } = operation
  await generator.run({ kind: 'prepare', name, port: shop.port, ...load })
  const doing = createSliceRunner(generator, name)
  if (warmUp === 'all') await requestAllOnce(generator, { ...load, port: shop.port })
  const figures = await measureInterleaved(
    doing,
    reference && references[reference],
    { shop: shop.pid, engine: shop.engine.pid },
    { ...effort, warmSeconds: warmUp === 'no' ? 0 : effort.warmSeconds },
  )
  const row = { name, reference, target, ...figures }
  say(`  ${name}: ${row.perSecond.toFixed(0)} per second`)
  return row
}

const measureShop = async (dataDir: string, books: readonly Book[]) => {
  const log = options.log === undefined ? {} : { CLOUDSHELF_LOG: options.log }
  // Lists are served once the index is available.
  const shop = await startShop(dataDir, '/api/books?limit=1', undefined, [], log)
  const generator = startWorker<LoadJob, LoadResult>('load-generator.ts')
  const ceiling = await startCeiling(shop, generator)
  const operations = (await createOperations(shop, books, options.data, MANY)).filter(({ name }) =>
    name.includes(options.only ?? ''),
  )
  const engine = await startEngineAlone(shop, books)
  const pids = { shop: shop.pid, engine: shop.engine.pid }
  const ceilingRow = await measureInterleaved(ceiling, undefined, pids, effort)
  const none = { share: undefined, reference: undefined, target: undefined, shopCpu: undefined }
  const rows: OperationResult[] = [
    { name: 'ceiling: 24 constant books', ...ceilingRow, ...none, engineCpu: undefined },
  ]
  for (const operation of operations)
    rows.push(await measure(operation, shop, generator, { ceiling, engine }))
  const alone = await measureInterleaved(engine, undefined, pids, { ...effort, warmSeconds: 0 })
  rows.push({ name: 'engine alone: the same transaction', ...alone, ...none })
  const calls = await measureCalls(shop.engine.endpoint, books, effort)
  const after: Figure = {
    name: 'memory after the bench (shop and engine)',
    value: memoryMegabytes([shop.pid, shop.engine.pid]),
    unit: 'MB',
  }
  await stopWorkers()
  await shop.end()
  return { rows, figures: [...calls, after] }
}

const bench = async (dataDir: string): Promise<void> => {
  const machine = detectMachine()
  const books = readBooks(join(options.data, 'books-10k.csv'))
  say(`filling an empty shop with ${books.length} books`)
  await fillDataFolder(dataDir, books)
  say('measuring')
  const { rows, figures } = await measureShop(dataDir, books)
  say('starting it again')
  figures.push(...(await measureStarts(dataDir, FIRST_BOOK, STARTS)))
  figures.push(...(await measureIdleMemory(dataDir, FIRST_BOOK)))
  console.log(
    options.json ? JSON.stringify({ rows, figures }) : `\n${formatTable(rows)}\n\n${formatFigures(figures)}`,
  )
  if (options['write-docs']) writeChapter('shop', createShopChapter(rows, figures, machine))
  if ((rows.some(isMissed) || figures.some(isOverTarget)) && !options.quick) process.exitCode = 1
}

await runBench(bench)
