/** Chapter of docs/performance.md about throughput compared with a constant response. */
import type { Chapter } from './chapter.ts'
import type { OperationResult } from './interleaved.ts'
import { createBusyNote, describeMachine, type Machine } from './machine.ts'
import { createCells, type Figure, HEADS, isMissed, isOverTarget } from './report.ts'

const createFigureCells = (figure: Figure): string[] => {
  const { name, value, unit, below } = figure
  const text = value === undefined ? '-' : `${value.toFixed(value < 10 ? 3 : 0)} ${unit}`
  return [
    name.trim(),
    text,
    below === undefined ? '' : `< ${below} ${unit}`,
    below === undefined ? '' : isOverTarget(figure) ? 'MISS' : 'ok',
  ]
}

/** `rows` and `figures` are what the benchmark printed. */
export const createShopChapter = (
  rows: readonly OperationResult[],
  figures: readonly Figure[],
  machine: Machine,
): Chapter => ({
  place: 10,
  title: 'Throughput compared with a constant response',
  command: 'npm run bench -- --write-docs',
  at: new Date().toISOString(),
  machine: describeMachine(machine),
  versions: `Node ${process.versions.node}`,
  text: [
    'One server process over 10,000 books, 16 connections (checkout: 8 buyers), in random order over all books and pages, alternating with a server that returns a constant list of 24 books. CPU is in milliseconds per operation. The load generator, the shop and the engine share the cores.',
    '[where-time-goes.md](where-time-goes.md) explains where the time goes.',
    ...createBusyNote(machine),
  ],
  tables: [
    { title: 'Per second', columns: HEADS.map(head => head || 'verdict'), rows: rows.map(createCells) },
    {
      title: 'Start, memory and database calls',
      columns: ['', 'figure', 'target', 'verdict'],
      rows: figures.map(createFigureCells),
    },
  ],
  plots: [
    {
      kind: 'bars',
      name: 'shop-cpu',
      title: 'CPU per operation',
      unit: 'ms',
      log: false,
      series: ['shop', 'engine'],
      groups: rows
        .filter(row => row.shopCpu !== undefined)
        .map(row => ({ label: row.name, values: [row.shopCpu ?? null, row.engineCpu ?? null] })),
    },
  ],
  differs: [],
  notTested: [
    ...rows.filter(isMissed).map(({ name }) => `missed its target in this run: ${name}`),
    'several shop processes, and DynamoDB itself',
  ],
})
