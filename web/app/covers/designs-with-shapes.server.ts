/** Covers with a picture of plain shapes, and the title in a quiet field beside it. */
import type { Draw } from './designs.server.ts'
import { authorLine, subtitleBlock } from './designs-of-type.server.ts'
import { block } from './setting.server.ts'
import { disc, rect, ring, shape } from './svg.ts'

/** Overlapping discs. */
export const discs: Draw = (words, { ground, ink, accent, second }, random) => {
  const radius = 170 + random() * 90
  const x = 250 + random() * 300
  const title = block(
    words.title,
    { x: 72, y: 640, width: 656, height: 300 },
    {
      face: 'jost',
      largest: 100,
      smallest: 48,
      leading: 1.1,
      anchor: 'start',
      stand: 'top',
      tracking: -10,
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, ground),
    disc(x, 320, radius, accent),
    disc(800 - x, 250 + random() * 150, radius * (0.45 + random() * 0.3), second, 0.9),
    disc(x + radius * 0.75, 320 + radius * 0.55, 40 + random() * 30, ink),
    title.svg,
    subtitleBlock(
      words.subtitle,
      { x: 72, y: title.bottom + 40, width: 656, height: 110 },
      ink,
      'start',
      'jost',
    ),
    authorLine(words, { x: 72, y: 1050, width: 656, height: 90 }, ink),
  ].join('')
}

const hill = (y: number, height: number, shift: number): string => {
  const points = Array.from({ length: 5 }, (_, i) => y - height * Math.sin(shift + i * 1.7))
  const [start = y, ...rest] = points
  let d = `M0 ${Math.round(start)}`
  rest.forEach((to, i) => {
    const from = points[i] ?? y
    const x = i * 200
    d += `C${x + 100} ${Math.round(from)} ${x + 100} ${Math.round(to)} ${x + 200} ${Math.round(to)}`
  })
  return `${d}V1200H0z`
}

/** Hills under a sun. */
export const hills: Draw = (words, { ground, ink, accent, second }, random) => {
  const sun = 180 + random() * 440
  const title = block(
    words.title,
    { x: 90, y: 100, width: 620, height: 360 },
    {
      face: 'garamond',
      largest: 120,
      smallest: 52,
      leading: 1.05,
      anchor: 'middle',
      stand: 'top',
      fill: ink,
    },
  )
  const quiet = Math.max(title.bottom + title.size * 0.3 + 34, 330)
  return [
    rect(0, 0, 800, 1200, ground),
    disc(sun, Math.max(700, quiet + 210), 110 + random() * 40, accent),
    title.svg,
    authorLine(words, { x: 90, y: quiet, width: 620, height: 90 }, ink, 'middle', 'top'),
    shape(second, hill(860, 60, random() * 6)),
    shape(accent, hill(960, 46, random() * 6)),
    shape(ink, hill(1070, 40, random() * 6)),
  ].join('')
}

const QUARTERS = [
  'm0 0h160a160 160 0 0 1-160 160z',
  'm160 0v160a160 160 0 0 1-160-160z',
  'm160 160h-160a160 160 0 0 1 160-160z',
  'm0 160v-160a160 160 0 0 1 160 160z',
]

/** A quilt of quarter circles. */
export const tiles: Draw = (words, { ground, ink, accent, second }, random) => {
  const colours = [accent, second, ink]
  const quilt = Array.from({ length: 20 }, (_, i) => {
    const quarter = QUARTERS[Math.floor(random() * 4)] ?? ''
    const colour = colours[Math.floor(random() * 3)] ?? accent
    return shape(colour, `M${(i % 5) * 160} ${Math.floor(i / 5) * 160}${quarter}`)
  })
  const title = block(
    words.title,
    { x: 72, y: 716, width: 656, height: 270 },
    {
      face: 'playfair',
      largest: 96,
      smallest: 46,
      leading: 1.08,
      anchor: 'start',
      stand: 'top',
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, ground),
    ...quilt,
    title.svg,
    authorLine(words, { x: 72, y: 1050, width: 656, height: 90 }, ink),
  ].join('')
}

/** Arches within arches. */
export const arches: Draw = (words, { ground, ink, accent, second }, random) => {
  const x = [0, 400, 800][Math.floor(random() * 3)] ?? 400
  const step = 62 + Math.round(random() * 24)
  const rings = [1, 2, 3, 4, 5].map(i =>
    ring(x, 1200, i * step + 40, i % 2 === 0 ? second : accent, step * 0.55),
  )
  const title = block(
    words.title,
    { x: 72, y: 96, width: 656, height: 430 },
    {
      face: 'jost',
      largest: 112,
      smallest: 50,
      leading: 1.08,
      anchor: 'start',
      stand: 'top',
      tracking: -12,
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, ground),
    ...rings,
    title.svg,
    subtitleBlock(
      words.subtitle,
      { x: 72, y: title.bottom + 110, width: 656, height: 110 },
      ink,
      'start',
      'jost',
    ),
    authorLine(words, { x: 72, y: title.bottom + 44, width: 656, height: 50 }, ink, 'start', 'top'),
  ].join('')
}
