/** How cost grows with the shelf, as a chapter of docs/performance.md. */
import type { Chapter, Curves, Table } from './chapter.ts'
import { createBusyNote, describeMachine, type Machine } from './machine.ts'
import type { ScaleFigures } from './scale.ts'

const createCurves = (
  all: readonly ScaleFigures[],
  name: string,
  title: string,
  unit: string,
  series: Readonly<Record<string, (of: ScaleFigures) => number>>,
): Curves => ({
  kind: 'curves',
  name,
  title,
  unit,
  xUnit: 'books',
  log: true,
  series: Object.entries(series).map(([label, value]) => ({
    label,
    points: all.map(of => [of.books, value(of)]),
  })),
})

/** `table` is what the bench printed; both axes of its plots are powers of ten, so what grows as the shelf does is a straight rise. */
export const createScaleChapter = (
  all: readonly ScaleFigures[],
  machine: Machine,
  table: Table,
): Chapter => ({
  place: 30,
  title: 'How cost grows with the shelf',
  command: 'npm run bench:scale -- --write-docs',
  at: new Date().toISOString(),
  machine: describeMachine(machine),
  versions: `Node ${process.versions.node}`,
  text: [
    'Shelves made from the 10,000 real books: each is imported as a feed, then the shop is started without and with a saved index, and asked over HTTP, one request at a time.',
    'An import, a build of the index and the reading of a saved one cost the same for each book, so their curves rise as the shelf does; an import holds a bounded part of the feed, whatever its length. A start is to the first book, which needs no index, so it is flat: a saved index is read meanwhile, some rows at a time, and whoever asks for a list or searches waits for it, a second at most; without one, categories and titles come from the table until the index is built. A search looks at the books that share words with it, which grow with the shelf; the first list of a category in an order sorts that category once.',
    'The worst curves were the starts, which waited until the whole table or the whole saved index had been read; and a save of the index held everybody up while it was written. Now the shop serves while it reads, and saves piece by piece.',
    ...createBusyNote(machine),
  ],
  tables: [table],
  plots: [
    createCurves(all, 'scale-time', 'Import and start', 'ms', {
      import: of => of.import * 1_000,
      'index built': of => of.indexBuilt,
      'index read': of => of.indexRead,
      'start without a snapshot': of => of.startBuilding,
      'start with one': of => of.startLoading,
    }),
    createCurves(all, 'scale-answers', 'Answers, p95', 'ms', {
      'search, never asked': of => of.search.p95,
      'first list of a category': of => of.list.p95,
    }),
    createCurves(all, 'scale-memory', 'Memory', 'MB', {
      'shop at rest': of => of.shopAtRest,
      'shop after the questions': of => of.shopAfter,
      'import, most': of => of.importMemory,
    }),
  ],
  differs: [],
  notTested: [],
})
