/** Geometry of the charts of reports, computed on the server: scales and ticks by d3-scale, which browsers do not load. */
import { scaleBand, scaleLinear } from 'd3-scale'

/** One bar: its label, and the values that stand in it, one above the other. None is negative. */
export type Bar = { readonly label: string; readonly values: readonly number[] }

export type ChartRect = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Which of the values of a bar, from 0. */
  readonly series: number
  /** Shown as a tooltip. */
  readonly title: string
}
export type ChartText = {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly anchor: 'start' | 'middle' | 'end'
}
export type ChartDrawing = {
  readonly width: number
  readonly height: number
  readonly rects: readonly ChartRect[]
  readonly texts: readonly ChartText[]
  /** Lines of the grid, each from one point to another. */
  readonly lines: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[]
}

type Formats = {
  /** A value of an axis, short. */
  readonly tick: (value: number) => string
  /** A value of a bar. */
  readonly full: (value: number) => string
}

const WIDTH = 720
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
const round = (value: number): number => Math.round(value * 10) / 10

const COLUMNS = { height: 260, left: 64, right: 8, top: 12, bottom: 28, labels: 8 } as const

/** Bars side by side, in the order of time. */
export const drawColumns = (bars: readonly Bar[], { tick, full }: Formats): ChartDrawing => {
  const { height, left, right, top, bottom, labels } = COLUMNS
  const x = scaleBand<number>(
    bars.map((_, i) => i),
    [left, WIDTH - right],
  ).padding(0.2)
  const y = scaleLinear(
    [0, Math.max(1, ...bars.map(({ values }) => sum(values)))],
    [height - bottom, top],
  ).nice(4)
  const step = Math.max(1, Math.ceil(bars.length / labels))
  // A count has no ticks between whole numbers.
  const ticks = y.ticks(4).filter(Number.isInteger)
  return {
    width: WIDTH,
    height,
    rects: bars.flatMap(({ label, values }, i) =>
      values.map((value, series) => {
        const below = sum(values.slice(0, series))
        return {
          x: round(x(i) ?? 0),
          y: round(y(below + value)),
          width: round(x.bandwidth()),
          height: round(y(below) - y(below + value)),
          series,
          title: `${label}: ${full(value)}`,
        }
      }),
    ),
    lines: ticks.map(value => [left, round(y(value)), WIDTH - right, round(y(value))] as const),
    texts: [
      ...ticks.map(value => ({
        x: left - 8,
        y: round(y(value)) + 4,
        text: tick(value),
        anchor: 'end' as const,
      })),
      ...bars.flatMap(({ label }, i) =>
        i % step === 0
          ? [
              {
                x: round((x(i) ?? 0) + x.bandwidth() / 2),
                y: height - 8,
                text: label,
                anchor: 'middle' as const,
              },
            ]
          : [],
      ),
    ],
  }
}

const ROWS = { row: 30, left: 230, right: 90, labelLength: 32, most: 12 } as const

const shorten = (text: string): string =>
  text.length <= ROWS.labelLength ? text : `${text.slice(0, ROWS.labelLength - 1).trimEnd()}…`

/** Bars one below the other, each with its value: of the first twelve. */
export const drawRows = (bars: readonly Bar[], { full }: Formats): ChartDrawing => {
  const { row, left, right, most } = ROWS
  const shown = bars.slice(0, most)
  const height = Math.max(1, shown.length) * row
  const x = scaleLinear([0, Math.max(1, ...shown.map(({ values }) => sum(values)))], [left, WIDTH - right])
  const y = scaleBand<number>(
    shown.map((_, i) => i),
    [0, height],
  ).padding(0.25)
  const middle = (i: number): number => round((y(i) ?? 0) + y.bandwidth() / 2 + 4)
  return {
    width: WIDTH,
    height,
    lines: [[left, 0, left, height]],
    rects: shown.map(({ label, values }, i) => ({
      x: left,
      y: round(y(i) ?? 0),
      width: round(x(sum(values)) - left),
      height: round(y.bandwidth()),
      series: 0,
      title: `${label}: ${full(sum(values))}`,
    })),
    texts: shown.flatMap(({ label, values }, i) => [
      { x: left - 8, y: middle(i), text: shorten(label), anchor: 'end' as const },
      { x: round(x(sum(values))) + 6, y: middle(i), text: full(sum(values)), anchor: 'start' as const },
    ]),
  }
}
