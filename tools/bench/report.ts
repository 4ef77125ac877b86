/** Text report of `npm run bench`. */
import type { OperationResult } from './interleaved.ts'

/** A single figure; if it has a target, it must stay below it. */
export type Figure = {
  readonly name: string
  readonly value: number | undefined
  readonly unit: string
  readonly below?: number
}

export const isMissed = (row: OperationResult): boolean =>
  row.target !== undefined && row.share !== undefined && row.share < row.target

export const isOverTarget = ({ value, below }: Figure): boolean =>
  below !== undefined && value !== undefined && value >= below

const toFixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '-'
const percent = (share: number | undefined): string =>
  share === undefined ? '' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`

export const createCells = (row: OperationResult): string[] => [
  row.name,
  toFixed(row.perSecond, 0),
  toFixed(row.p50, 2),
  toFixed(row.p99, 2),
  toFixed(row.shopCpu, 3),
  toFixed(row.engineCpu, 3),
  row.share === undefined ? '' : `${percent(row.share)} of the ${row.reference}`,
  row.target === undefined ? '' : `≥ ${percent(row.target)}`,
  row.target === undefined ? '' : isMissed(row) ? 'MISS' : 'ok',
]

/** Column heads of the table. */
export const HEADS = [
  'operation',
  'per s',
  'p50 ms',
  'p99 ms',
  'CPU shop',
  'CPU engine',
  'share',
  'target',
  '',
]
const NUMBERS = new Set([1, 2, 3, 4, 5])

/** The results as a table; CPU in milliseconds per operation. */
export const formatTable = (rows: readonly OperationResult[]): string => {
  const lines = [HEADS, ...rows.map(createCells)]
  const widths = HEADS.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines
    .map(line =>
      line
        .map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const figureLine = (figure: Figure, width: number): string => {
  const { name, value, unit, below } = figure
  const verdict = below === undefined ? '' : `   < ${below} ${unit}   ${isOverTarget(figure) ? 'MISS' : 'ok'}`
  const digits = value !== undefined && value < 10 ? 3 : 0
  return `${name.padEnd(width)}  ${`${toFixed(value, digits)} ${unit}`.padStart(12)}${verdict}`
}

export const formatFigures = (figures: readonly Figure[]): string => {
  const width = Math.max(...figures.map(({ name }) => name.length))
  return figures.map(figure => figureLine(figure, width)).join('\n')
}
