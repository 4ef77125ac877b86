/** Line plot as SVG, readable on light and dark pages. */

export type Line = { readonly name: string; readonly colour: string; readonly values: readonly number[] }

type Plot = {
  readonly title: string
  /** Span of the x axis: `90 s`. */
  readonly across: string
  readonly unit: string
  readonly lines: readonly Line[]
}

const [WIDTH, HEIGHT] = [720, 260]
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 12, 40, 28]
const INK = '#6b7280'

/** Rounds up to a round number. */
const roundUp = (most: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)))
  return ([1, 2, 5, 10].find(step => step * power >= most) ?? 10) * power
}

const text = (x: number, y: number, anchor: string, words: string, fill = INK): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${words}</text>`

export const createLinePlot = ({ title, across, unit, lines }: Plot): string => {
  const top = roundUp(Math.max(...lines.flatMap(({ values }) => values)))
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)
  const x = (i: number, count: number) => LEFT + (i / Math.max(1, count - 1)) * (WIDTH - LEFT - RIGHT)
  const grid = [0, 0.5, 1].map(share => {
    const at = y(share * top)
    return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" stroke="${INK}" stroke-opacity=".3"/>${text(LEFT - 6, at + 4, 'end', String(share * top))}`
  })
  const drawn = lines.map(({ colour, values }) => {
    const points = values.map((value, i) => `${x(i, values.length).toFixed(1)},${y(value).toFixed(1)}`)
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(' ')}"/>`
  })
  const names = lines.map(({ name, colour }, i) => text(LEFT + 10 + i * 170, TOP - 8, 'start', name, colour))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${title}</title>`,
    text(LEFT, 16, 'start', `${title}, ${unit}`),
    ...grid,
    ...drawn,
    ...names,
    text(LEFT, HEIGHT - 8, 'start', '0'),
    text(WIDTH - RIGHT, HEIGHT - 8, 'end', across),
    '</svg>\n',
  ].join('\n')
}
