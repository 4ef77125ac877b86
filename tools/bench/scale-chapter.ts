/** Chapter of docs/performance.md about scaling with the size of the catalogue. */
import type { Chapter, Curves, Table } from './chapter.ts'
import { createBusyNote, describeMachine, type Machine } from './machine.ts'
import type { ScaleFigures } from './scale-measure.ts'

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

/** `table` is what the benchmark printed; the plots have logarithmic axes, so linear growth is a straight line. */
export const createScaleChapter = (
  all: readonly ScaleFigures[],
  machine: Machine,
  table: Table,
): Chapter => ({
  place: 30,
  title: 'Scaling with the size of the catalogue',
  command: 'npm run bench:scale -- --write-docs',
  at: new Date().toISOString(),
  machine: describeMachine(machine),
  versions: `Node ${process.versions.node}`,
  text: [
    'Catalogues generated from the 10,000 real books: each is imported as a feed, then the shop is started without and with an index snapshot and queried over HTTP, one request at a time.',
    'Importing, building the index and loading a snapshot take constant time per book, so their curves grow linearly; an import holds a bounded part of the feed in memory. Start time is measured to the first book, which needs no index, so it is constant: a snapshot is loaded in the background in small steps, and lists and searches wait for it, at most one second; without a snapshot, categories and titles are read from the table until the index is built. A search examines the books that share words with it, whose number grows with the catalogue; the first list of a category in a sort order sorts that category once.',
    'Earlier versions scaled worst at start, because they waited until the whole table or snapshot had been read, and while saving the index, which blocked all requests. Now the shop serves requests while it loads, and saves in small steps.',
    ...createBusyNote(machine),
  ],
  tables: [table],
  plots: [
    createCurves(all, 'scale-time', 'Import and start', 'ms', {
      import: of => of.import * 1_000,
      'index built': of => of.indexBuilt,
      'index loaded': of => of.indexRead,
      'start without a snapshot': of => of.startBuilding,
      'start with a snapshot': of => of.startLoading,
    }),
    createCurves(all, 'scale-answers', 'Answers, p95', 'ms', {
      'search, new': of => of.search.p95,
      'first list of a category': of => of.list.p95,
    }),
    createCurves(all, 'scale-memory', 'Memory', 'MB', {
      'shop idle': of => of.shopAtRest,
      'shop after the queries': of => of.shopAfter,
      'import, peak': of => of.importMemory,
    }),
  ],
  differs: [],
  notTested: [],
})
