/** Typographic cover designs. */
import type { CoverText } from './cover-text.ts'
import type { DrawCover } from './designs.server.ts'
import { disc, frame, rect, rule } from './svg.ts'
import { type Box, textBlock } from './text-layout.server.ts'
import type { Typeface } from './typefaces.server.ts'

/** Author in small, letter-spaced capitals. */
export const authorBlock = (
  { author }: CoverText,
  box: Box,
  fill: string,
  anchor: 'start' | 'middle' = 'start',
  stand: 'top' | 'bottom' = 'bottom',
): string =>
  textBlock(author.toUpperCase(), box, {
    face: 'jost',
    maxSize: 38,
    minSize: 24,
    lineHeight: 1.3,
    anchor,
    verticalAlign: stand,
    tracking: 90,
    fill,
  }).svg

export const subtitleBlock = (
  text: string | undefined,
  box: Box,
  fill: string,
  anchor: 'start' | 'middle' = 'start',
  face: Typeface = 'garamond',
): string =>
  text === undefined
    ? ''
    : textBlock(text, box, {
        face,
        maxSize: 50,
        minSize: 32,
        lineHeight: 1.15,
        anchor,
        verticalAlign: 'top',
        fill,
      }).svg

/** Framed design, centered. */
export const plate: DrawCover = (words, { background, ink, accent }, random) => {
  const face = random() < 0.6 ? 'garamond' : 'playfair'
  const title = textBlock(
    words.title,
    { x: 120, y: 230, width: 560, height: 470 },
    {
      face,
      maxSize: 132,
      minSize: 54,
      lineHeight: 1.08,
      anchor: 'middle',
      verticalAlign: 'middle',
      fill: ink,
    },
  )
  const below = title.bottom + 70
  return [
    rect(0, 0, 800, 1200, background),
    frame(44, accent, 8),
    frame(64, accent, 2),
    title.svg,
    disc(400, below, 9, accent),
    rule(250, below, 120, accent),
    rule(430, below, 120, accent),
    subtitleBlock(words.subtitle, { x: 140, y: below + 60, width: 520, height: 160 }, ink, 'middle'),
    authorBlock(words, { x: 120, y: 960, width: 560, height: 120 }, ink, 'middle'),
  ].join('')
}

/** Two color fields, with the title above their edge. */
export const band: DrawCover = (words, { background, ink, accent, secondary }, random) => {
  const seam = 720 + Math.round(random() * 120)
  const title = textBlock(
    words.title,
    { x: 72, y: 90, width: 656, height: seam - 150 },
    {
      face: 'playfair',
      maxSize: 142,
      minSize: 56,
      lineHeight: 1.06,
      anchor: 'start',
      verticalAlign: 'bottom',
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, background),
    rect(0, seam, 800, 1200 - seam, secondary),
    rect(0, seam, 800, 14, accent),
    title.svg,
    words.subtitle === undefined
      ? ''
      : subtitleBlock(
          words.subtitle,
          { x: 72, y: seam + 62, width: 656, height: 150 },
          mostReadable(secondary, ink, background),
        ),
    authorBlock(words, { x: 72, y: 1000, width: 656, height: 130 }, mostReadable(secondary, ink, background)),
  ].join('')
}

/** Capitals across the full width. */
export const poster: DrawCover = (words, { background, ink, accent }, random) => {
  const atTop = random() < 0.5
  const title = textBlock(
    words.title.toUpperCase(),
    { x: 64, y: atTop ? 84 : 320, width: 672, height: 640 },
    {
      face: 'oswald',
      maxSize: 300,
      minSize: 70,
      lineHeight: 1.1,
      anchor: 'start',
      verticalAlign: atTop ? 'top' : 'bottom',
      fill: ink,
    },
  )
  const bar = atTop ? title.bottom + 56 : title.top - 80
  return [
    rect(0, 0, 800, 1200, background),
    title.svg,
    rect(64, bar, 140, 24, accent),
    words.subtitle === undefined || !atTop
      ? ''
      : subtitleBlock(words.subtitle, { x: 64, y: bar + 80, width: 672, height: 150 }, ink, 'start', 'jost'),
    authorBlock(words, { x: 64, y: atTop ? 1010 : 1040, width: 672, height: 100 }, ink),
  ].join('')
}

/** Stripes with a label. */
export const label: DrawCover = (words, { background, ink, accent, secondary }, random) => {
  const width = [40, 50, 80][Math.floor(random() * 3)] ?? 50
  const stripes = Array.from({ length: Math.ceil(800 / (2 * width)) }, (_, i) =>
    rect(2 * i * width, 0, width, 1200, secondary),
  )
  const title = textBlock(
    words.title,
    { x: 160, y: 250, width: 480, height: 330 },
    {
      face: 'garamond',
      maxSize: 104,
      minSize: 46,
      lineHeight: 1.08,
      anchor: 'middle',
      verticalAlign: 'middle',
      fill: ink,
    },
  )
  return [
    rect(0, 0, 800, 1200, background),
    ...stripes,
    rect(100, 180, 600, 600, accent),
    rect(112, 192, 576, 576, background),
    title.svg,
    rule(340, 630, 120, accent, 4),
    authorBlock(words, { x: 150, y: 655, width: 500, height: 80 }, ink, 'middle', 'top'),
  ].join('')
}

const luminance = (colour: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** The color with the higher contrast on this background. */
export const mostReadable = (ground: string, one: string, other: string): string =>
  contrast(ground, one) >= contrast(ground, other) ? one : other
