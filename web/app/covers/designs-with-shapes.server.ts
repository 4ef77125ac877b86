/** Cover designs with geometric shapes. */
import type { DrawCover } from './designs.server.ts'
import { authorBlock, subtitleBlock } from './designs-of-type.server.ts'
import { disc, rect, ring, shape } from './svg.ts'
import { textBlock } from './text-layout.server.ts'

/** Overlapping discs. */
export const discs: DrawCover = (words, { background, ink, accent, secondary }, random) => {
  const radius = 170 + random() * 90
  const x = 250 + random() * 300
  const title = textBlock(
    words.title,
    { x: 72, y: 640, width: 656, height: 300 },
    {
      face: 'jost',
      maxSize: 100,
      minSize: 48,
      lineHeight: 1.1,
      anchor: 'start',
      verticalAlign: 'top',
      tracking: -10,
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, background),
    disc(x, 320, radius, accent),
    disc(800 - x, 250 + random() * 150, radius * (0.45 + random() * 0.3), secondary, 0.9),
    disc(x + radius * 0.75, 320 + radius * 0.55, 40 + random() * 30, ink),
    title.svg,
    subtitleBlock(
      words.subtitle,
      { x: 72, y: title.bottom + 40, width: 656, height: 110 },
      ink,
      'start',
      'jost',
    ),
    authorBlock(words, { x: 72, y: 1050, width: 656, height: 90 }, ink),
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

/** Hills below a sun. */
export const hills: DrawCover = (words, { background, ink, accent, secondary }, random) => {
  const sun = 180 + random() * 440
  const title = textBlock(
    words.title,
    { x: 90, y: 100, width: 620, height: 360 },
    {
      face: 'garamond',
      maxSize: 120,
      minSize: 52,
      lineHeight: 1.05,
      anchor: 'middle',
      verticalAlign: 'top',
      fill: ink,
    },
  )
  const quiet = Math.max(title.bottom + title.size * 0.3 + 34, 330)
  return [
    rect(0, 0, 800, 1200, background),
    disc(sun, Math.max(700, quiet + 210), 110 + random() * 40, accent),
    title.svg,
    authorBlock(words, { x: 90, y: quiet, width: 620, height: 90 }, ink, 'middle', 'top'),
    shape(secondary, hill(860, 60, random() * 6)),
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

/** Tiles of quarter circles. */
export const tiles: DrawCover = (words, { background, ink, accent, secondary }, random) => {
  const colours = [accent, secondary, ink]
  const quilt = Array.from({ length: 20 }, (_, i) => {
    const quarter = QUARTERS[Math.floor(random() * 4)] ?? ''
    const colour = colours[Math.floor(random() * 3)] ?? accent
    return shape(colour, `M${(i % 5) * 160} ${Math.floor(i / 5) * 160}${quarter}`)
  })
  const title = textBlock(
    words.title,
    { x: 72, y: 716, width: 656, height: 270 },
    {
      face: 'playfair',
      maxSize: 96,
      minSize: 46,
      lineHeight: 1.08,
      anchor: 'start',
      verticalAlign: 'top',
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, background),
    ...quilt,
    title.svg,
    authorBlock(words, { x: 72, y: 1050, width: 656, height: 90 }, ink),
  ].join('')
}

/** Concentric arches. */
export const arches: DrawCover = (words, { background, ink, accent, secondary }, random) => {
  const x = [0, 400, 800][Math.floor(random() * 3)] ?? 400
  const step = 62 + Math.round(random() * 24)
  const rings = [1, 2, 3, 4, 5].map(i =>
    ring(x, 1200, i * step + 40, i % 2 === 0 ? secondary : accent, step * 0.55),
  )
  const title = textBlock(
    words.title,
    { x: 72, y: 96, width: 656, height: 430 },
    {
      face: 'jost',
      maxSize: 112,
      minSize: 50,
      lineHeight: 1.08,
      anchor: 'start',
      verticalAlign: 'top',
      tracking: -12,
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, background),
    ...rings,
    title.svg,
    subtitleBlock(
      words.subtitle,
      { x: 72, y: title.bottom + 110, width: 656, height: 110 },
      ink,
      'start',
      'jost',
    ),
    authorBlock(words, { x: 72, y: title.bottom + 44, width: 656, height: 50 }, ink, 'start', 'top'),
  ].join('')
}
