/** Benchmark `npm run bench:profile`: CPU profile of the shop for each operation, by module or by function. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSliceRunner, requestAllOnce } from './interleaved.ts'
import type { LoadJob, LoadResult } from './load-generator.ts'
import { createOperations } from './operations.ts'
import { computeSelfTimes, createProfiler, type Profile, type Profiler } from './profiler.ts'
import { runBench } from './run-bench.ts'
import { startShop } from './shop-process.ts'
import { fillDataFolder, readBooks } from './test-catalog.ts'
import { startWorker } from './worker.ts'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    /** Only operations whose name contains this text. */
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '3' },
    /** Group by function instead of by module. */
    functions: { type: 'boolean', default: false },
    rows: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
  },
})

const FIRST_BOOK = '/api/books/1'
const WARM_SECONDS = 1
/** Requests per second that may not repeat. */
const MANY = 1_000

type Profiled = { readonly name: string; readonly operations: number; readonly profile: Profile }

const printProfile = ({ name, operations, profile }: Profiled): void => {
  const times = computeSelfTimes(profile, options.functions ? 'function' : 'module')
  const all = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const row = (milliseconds: number, what: string): string =>
    `${((100 * milliseconds) / all).toFixed(1).padStart(6)} % ${((1000 * milliseconds) / operations).toFixed(1).padStart(8)} µs  ${what}`
  const shown = times.slice(0, Number(options.rows))
  const rest = all - shown.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  console.log(
    [
      `\n${name}: ${((1000 * all) / operations).toFixed(0)} µs of the shop's time per operation (${operations} done)`,
      ...shown.map(one => row(one.milliseconds, one.name)),
      row(rest, 'the rest'),
    ].join('\n'),
  )
}

let profiler: Profiler | undefined

const profileShop = async (dataDir: string): Promise<Profiled[]> => {
  const books = readBooks(join(options.data, 'books-10k.csv'))
  await fillDataFolder(dataDir, books)
  const shop = await startShop(dataDir, FIRST_BOOK, undefined, ['--inspect=127.0.0.1:0'])
  if (shop.inspector === undefined) throw new Error('the shop does not say where its inspector listens')
  const opened = await createProfiler(shop.inspector)
  profiler = opened
  const generator = startWorker<LoadJob, LoadResult>('load-generator.ts')
  const profiled: Profiled[] = []
  for (const { name, warmUp, ...load } of await createOperations(shop, books, options.data, MANY)) {
    if (!name.includes(options.only)) continue
    await generator.run({ ...load, kind: 'prepare', name, port: shop.port })
    const doing = createSliceRunner(generator, name)
    if (warmUp === 'all') await requestAllOnce(generator, { ...load, port: shop.port })
    if (warmUp !== 'no') await doing(WARM_SECONDS)
    let operations = 0
    const profile = await opened.during(async () => {
      operations = (await doing(Number(options.seconds))).latencies.length
    })
    profiled.push({ name, operations, profile })
    if (!options.json) printProfile({ name, operations, profile })
  }
  return profiled
}

// A shop with an open inspector does not exit.
await runBench(
  async folder => {
    const profiled = await profileShop(folder)
    if (options.json)
      console.log(
        JSON.stringify(
          profiled.map(({ name, operations, profile }) => ({
            name,
            operations,
            self: computeSelfTimes(profile, options.functions ? 'function' : 'module'),
          })),
        ),
      )
  },
  () => profiler?.close(),
)
