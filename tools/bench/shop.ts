/** `npm run bench`: what the shop does per second and what that costs, beside a server that answers a constant, with the targets. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Book } from '#src/catalog/schema.ts'
import type { CeilingJob, CeilingResult } from './ceiling.ts'
import { measureCalls } from './client-calls.ts'
import type { EngineJob, EngineResult } from './engine-alone.ts'
import { measureRest, measureStarts } from './idle-shop.ts'
import { askForAll, type Doing, type Effort, loadOf, measureBeside, type Row } from './interleaved.ts'
import type { LoadJob, LoadResult } from './load-generator.ts'
import { thisMachine } from './machine.ts'
import { memoryMegabytes } from './measure.ts'
import { type Operation, operationsOf } from './operations.ts'
import { type Figure, isMissed, isOver, linesOf, tableOf } from './report.ts'
import { get } from './requests.ts'
import { inAFolder } from './run-bench.ts'
import { shopChapter } from './shop-chapter.ts'
import { type ShopProcess, startShop } from './shop-process.ts'
import { fillFolder, readBooks } from './test-catalog.ts'
import { endWorkers, startWorker, type Worker } from './worker.ts'
import { writeChapter } from './write-docs.ts'

const { values: options } = parseArgs({
  options: {
    /** A look, not a verdict: short runs, and the exit code says nothing of the targets. */
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    data: { type: 'string', default: '../shared/data' },
    /** Only the operations whose name has this in it. */
    only: { type: 'string' },
    /** How much the shop says meanwhile: `requests` tells what logging each request costs. */
    log: { type: 'string' },
    /** Writes docs/performance.md anew with these figures. */
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

const startCeiling = async (shop: ShopProcess, generator: Worker<LoadJob, LoadResult>): Promise<Doing> => {
  const answer = await fetch(`http://127.0.0.1:${shop.port}/api/books?limit=24`)
  const { items } = (await answer.json()) as { items: unknown[] }
  const { port } = await startWorker<CeilingJob, CeilingResult>('ceiling.ts').run({ items })
  const constant = { connections: 16, status: 200, once: false, requests: [get('/constant')] }
  await generator.run({ kind: 'prepare', name: 'ceiling', port, ...constant })
  const ceiling = loadOf(generator, 'ceiling')
  await ceiling(effort.warmSeconds)
  return ceiling
}

const startEngineAlone = async (shop: ShopProcess, books: readonly Book[]): Promise<Doing> => {
  const buyer = startWorker<EngineJob, EngineResult>('engine-alone.ts')
  const { endpoint } = shop.engine
  const carts = { count: 8 * MANY, lines: 3, seed: 7 }
  await buyer.run({ kind: 'prepare', endpoint, books, carts, atOnce: BUYERS })
  const alone: Doing = seconds => buyer.run({ kind: 'run', seconds })
  await alone(effort.warmSeconds)
  return alone
}

const measure = async (
  operation: Operation,
  shop: ShopProcess,
  generator: Worker<LoadJob, LoadResult>,
  others: { readonly ceiling: Doing; readonly engine: Doing },
): Promise<Row> => {
  const { name, beside, target, warm, ...load } = operation
  await generator.run({ kind: 'prepare', name, port: shop.port, ...load })
  const doing = loadOf(generator, name)
  if (warm === 'all') await askForAll(generator, { ...load, port: shop.port })
  const figures = await measureBeside(
    doing,
    beside && others[beside],
    { shop: shop.pid, engine: shop.engine.pid },
    { ...effort, warmSeconds: warm === 'no' ? 0 : effort.warmSeconds },
  )
  const row = { name, beside, target, ...figures }
  say(`  ${name}: ${row.perSecond.toFixed(0)} per second`)
  return row
}

const measureShop = async (dataDir: string, books: readonly Book[]) => {
  const log = options.log === undefined ? {} : { CLOUDSHELF_LOG: options.log }
  // Lists are answered once the index is there.
  const shop = await startShop(dataDir, '/api/books?limit=1', undefined, [], log)
  const generator = startWorker<LoadJob, LoadResult>('load-generator.ts')
  const ceiling = await startCeiling(shop, generator)
  const operations = (await operationsOf(shop, books, options.data, MANY)).filter(({ name }) =>
    name.includes(options.only ?? ''),
  )
  const engine = await startEngineAlone(shop, books)
  const pids = { shop: shop.pid, engine: shop.engine.pid }
  const ceilingRow = await measureBeside(ceiling, undefined, pids, effort)
  const none = { share: undefined, beside: undefined, target: undefined, shopCpu: undefined }
  const rows: Row[] = [
    { name: 'the ceiling: 24 constant books', ...ceilingRow, ...none, engineCpu: undefined },
  ]
  for (const operation of operations)
    rows.push(await measure(operation, shop, generator, { ceiling, engine }))
  const alone = await measureBeside(engine, undefined, pids, { ...effort, warmSeconds: 0 })
  rows.push({ name: 'the engine alone: that transaction', ...alone, ...none })
  const calls = await measureCalls(shop.engine.endpoint, books, effort)
  const after: Figure = {
    name: 'memory after the bench (shop and engine)',
    value: memoryMegabytes([shop.pid, shop.engine.pid]),
    unit: 'MB',
  }
  await endWorkers()
  await shop.end()
  return { rows, figures: [...calls, after] }
}

const bench = async (dataDir: string): Promise<void> => {
  const machine = thisMachine()
  const books = readBooks(join(options.data, 'books-10k.csv'))
  say(`filling an empty shop with ${books.length} books`)
  await fillFolder(dataDir, books)
  say('measuring')
  const { rows, figures } = await measureShop(dataDir, books)
  say('starting it again')
  figures.push(...(await measureStarts(dataDir, FIRST_BOOK, STARTS)))
  figures.push(...(await measureRest(dataDir, FIRST_BOOK)))
  console.log(options.json ? JSON.stringify({ rows, figures }) : `\n${tableOf(rows)}\n\n${linesOf(figures)}`)
  if (options['write-docs']) writeChapter('shop', shopChapter(rows, figures, machine))
  if ((rows.some(isMissed) || figures.some(isOver)) && !options.quick) process.exitCode = 1
}

await inAFolder(bench)
