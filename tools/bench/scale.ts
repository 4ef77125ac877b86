/** Benchmark `npm run bench:scale`: import, start and queries with 10,000, 100,000 and 500,000 books. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { detectMachine } from './machine.ts'
import { runBench } from './run-bench.ts'
import { createScaleChapter } from './scale-chapter.ts'
import { measureScale, type ScaleFigures } from './scale-measure.ts'
import { readListedBooks } from './search-test-data.ts'
import { writeChapter } from './write-docs.ts'

/** Limits with 500,000 books: milliseconds to the first book, megabytes of shop and engine. */
const LIMITS = { start: 10_000, memory: 2_000 }

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    sizes: { type: 'string', default: '10000,100000,500000' },
    /** File to which the figures are written. */
    json: { type: 'string' },
    /** Updates docs/performance.md with these figures. */
    'write-docs': { type: 'boolean', default: false },
  },
})

const ROWS: readonly (readonly [string, (of: ScaleFigures) => string])[] = [
  ['books', of => of.books.toLocaleString('en')],
  ['import, s', of => of.import.toFixed(1)],
  ['import, books per s', of => (of.books / of.import).toFixed(0)],
  ['import, peak MB', of => of.importMemory.toFixed(0)],
  ['database, MB', of => of.database.toFixed(0)],
  ['snapshot, MB', of => of.snapshot.toFixed(1)],
  ['start without a snapshot, ms', of => of.startBuilding.toFixed(0)],
  ['  index built from the table after, ms', of => of.indexBuilt.toFixed(0)],
  ['  longest wait during the build, ms', of => of.longestWait.toFixed(0)],
  ['start with a snapshot, ms', of => of.startLoading.toFixed(0)],
  ['  index loaded from it after, ms', of => of.indexRead.toFixed(0)],
  ['search, new, p50 ms', of => of.search.p50.toFixed(2)],
  ['search, new, p95 ms', of => of.search.p95.toFixed(2)],
  ['first list of a category, p50 ms', of => of.list.p50.toFixed(2)],
  ['first list of a category, p95 ms', of => of.list.p95.toFixed(2)],
  ['shop idle, MB PSS', of => of.shopAtRest.toFixed(0)],
  ['engine idle, MB PSS', of => of.engineAtRest.toFixed(0)],
  ['shop after the queries, MB PSS', of => of.shopAfter.toFixed(0)],
]

const main = async (): Promise<void> => {
  const list = join(options.data, 'books-10k.csv')
  if (!existsSync(list)) {
    console.error(`bench:scale: ${list} is not there; give the folder of the test data with --data DIR`)
    process.exitCode = 2
    return
  }
  const machine = detectMachine()
  const real = readListedBooks(list)
  const all: ScaleFigures[] = []
  await runBench(async folder => {
    for (const size of options.sizes.split(',').map(Number)) {
      console.error(`${size} books …`)
      all.push(await measureScale(real, size, folder))
    }
  })
  for (const [name, text] of ROWS)
    console.log(name.padEnd(38) + all.map(of => text(of).padStart(12)).join(''))
  const largest = all.at(-1)
  if (largest) {
    const memory = largest.shopAfter + largest.engineAtRest
    const start = Math.max(largest.startBuilding, largest.startLoading)
    for (const [name, value, limit] of [
      ['start below', start, LIMITS.start],
      ['memory below', memory, LIMITS.memory],
    ] as const) {
      console.log(`${value < limit ? 'PASS' : 'MISS'}  ${name} ${limit}: ${value.toFixed(0)}`)
      if (value >= limit) process.exitCode = 1
    }
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
  if (options['write-docs'])
    writeChapter(
      'scale',
      createScaleChapter(all, machine, {
        title: 'By number of books',
        columns: ['', ...all.map(({ books }) => books.toLocaleString('en'))],
        rows: ROWS.map(([name, text]) => [name.trim(), ...all.map(text)]),
      }),
    )
}

await main()
