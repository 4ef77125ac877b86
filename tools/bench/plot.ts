/** SVG plots: grouped bars and lines, readable in light and dark mode and without colors. */
import type { Bars, Curves, Plot } from './chapter.ts'

const WIDTH = 760
const LABELS = 210
const RIGHT = 90
const BAR = 15
const GAP = 16
const TOP = 62

/** Palette of Okabe and Ito, which is safe for color-blind readers. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']

const STYLE = `
  .paper { fill: #ffffff } .ink { fill: #1b1b1f } .faint { fill: #5d5d66 } .rule { stroke: #d6d6dc; stroke-width: 1 }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif } .title { font-size: 15px; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #16161a } .ink { fill: #ececf1 } .faint { fill: #a4a4ae } .rule { stroke: #3a3a42 }
  }`

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const text = (x: number, y: number, content: string, kind = 'ink', anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}" text-anchor="${anchor}">${escapeXml(content)}</text>`

const formatShort = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(value < 1 ? 2 : 3)))

const pickColor = (i: number): string => COLORS[i % COLORS.length] ?? '#0072b2'

/** Axis ticks: powers of ten, or about five round steps from 0. */
const createTicks = (least: number, most: number, log: boolean): number[] => {
  if (log) {
    const from = Math.floor(Math.log10(least))
    const to = Math.ceil(Math.log10(most))
    return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i))
  }
  const rough = most / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(n => n * power).find(size => size >= rough) ?? rough
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step)
}

const createScale = (values: readonly number[], log: boolean, length: number) => {
  const above = values.filter(value => value > 0)
  const marks = createTicks(Math.min(...above), Math.max(...above), log)
  const [from = 0, to = 1] = [marks[0], marks.at(-1)]
  const at = (value: number): number =>
    log
      ? (length * Math.log10(Math.max(value, from) / from)) / Math.log10(to / from)
      : (length * (value - from)) / (to - from)
  return { marks, at }
}

const createPicture = (title: string, subtitle: string, height: number, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>
${text(16, 26, title, 'ink title')}
${text(WIDTH - 16, 26, subtitle, 'faint', 'end')}
${parts.join('\n')}
</svg>
`

const createLegend = (names: readonly string[]): string[] => {
  let x = 16
  return names.flatMap((name, i) => {
    const from = x
    x += 30 + 7 * name.length
    return [
      `<rect x="${from}" y="38" width="11" height="11" rx="2" fill="${pickColor(i)}"/>`,
      text(from + 16, 48, name, 'faint'),
    ]
  })
}

const createBarsSvg = ({ title, unit, log, series, groups }: Bars): string => {
  const length = WIDTH - LABELS - RIGHT
  const { marks, at } = createScale(
    groups.flatMap(({ values }) => values.flatMap(value => value ?? [])),
    log,
    length,
  )
  const height = TOP + groups.length * (series.length * BAR + GAP) + 26
  const bottom = height - 26
  const rules = marks.map(mark => {
    const x = (LABELS + at(mark)).toFixed(1)
    return `<line class="rule" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${bottom}"/>${text(Number(x), bottom + 15, formatShort(mark), 'faint', 'middle')}`
  })
  const bars = groups.flatMap(({ label, values }, group) => {
    const top = TOP + group * (series.length * BAR + GAP)
    const middle = top + (series.length * BAR) / 2 + 4
    return [
      text(LABELS - 12, middle, label, 'ink', 'end'),
      ...series.flatMap((name, i) => {
        const value = values[i] ?? undefined
        if (value === undefined) return []
        const y = top + i * BAR
        const width = Math.max(1, at(value))
        return [
          `<rect x="${LABELS}" y="${y + 1}" width="${width.toFixed(1)}" height="${BAR - 3}" rx="2" fill="${pickColor(i)}"><title>${escapeXml(`${label}, ${name}: ${formatShort(value)} ${unit}`)}</title></rect>`,
          text(LABELS + width + 5, y + BAR - 4, formatShort(value), 'ink'),
        ]
      }),
    ]
  })
  const said = [unit, log ? 'each mark is ten times the one before' : ''].filter(Boolean).join(', ')
  return createPicture(title, said, height, [...createLegend(series), ...rules, ...bars])
}

const createCurvesSvg = ({ title, unit, xUnit, log, series }: Curves): string => {
  const [left, height] = [80, 340]
  const [bottom, right] = [height - 46, WIDTH - 48]
  const points = series.flatMap(one => one.points)
  const across = createScale(
    points.map(([x]) => x),
    log,
    right - left,
  )
  const up = createScale(
    points.map(([, y]) => y),
    log,
    bottom - TOP - 6,
  )
  const [x, y] = [(value: number) => left + across.at(value), (value: number) => bottom - up.at(value)]
  const rules = [
    ...up.marks.map(
      mark =>
        `<line class="rule" x1="${left}" x2="${right}" y1="${y(mark).toFixed(1)}" y2="${y(mark).toFixed(1)}"/>${text(left - 8, y(mark) + 4, formatShort(mark), 'faint', 'end')}`,
    ),
    ...across.marks.map(mark => text(x(mark), bottom + 18, formatShort(mark), 'faint', 'middle')),
    text(right, height - 10, xUnit, 'faint', 'end'),
  ]
  const lines = series.map(({ points: own }, i) => {
    const path = own
      .map(([px, py], n) => `${n === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`)
      .join(' ')
    const dots = own.map(
      ([px, py]) =>
        `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3.5" fill="${pickColor(i)}"/>`,
    )
    const dash = i === 0 ? '' : ` stroke-dasharray="${2 + 3 * i} ${3}"`
    return `<path d="${path}" fill="none" stroke="${pickColor(i)}" stroke-width="2"${dash}/>${dots.join('')}`
  })
  return createPicture(title, unit, height, [
    ...createLegend(series.map(({ label }) => label)),
    ...rules,
    ...lines,
  ])
}

/** The plot as SVG. */
export const createSvg = (plot: Plot): string =>
  plot.kind === 'bars' ? createBarsSvg(plot) : createCurvesSvg(plot)
