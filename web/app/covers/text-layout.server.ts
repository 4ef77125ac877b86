/** Text layout of covers: breaks text into balanced lines, as large as the box allows. */

import { truncate } from '#src/core/truncate.ts'
import { escapeXml } from './svg.ts'
import { hasGlyphs, measureText, outlineText, type Typeface } from './typefaces.server.ts'

export type Box = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type TextStyle = {
  readonly face: Typeface
  readonly maxSize: number
  readonly minSize: number
  /** Line height in ems. */
  readonly lineHeight: number
  readonly anchor: 'start' | 'middle'
  /** Vertical position in the box. */
  readonly verticalAlign: 'top' | 'middle' | 'bottom'
  readonly tracking?: number
  readonly fill: string
}

/**
 * Breaks words into `count` balanced lines, by a binary search for the narrowest width that needs no more
 * lines.
 */
const breakLines = (words: readonly string[], face: Typeface, count: number, tracking: number): string[] => {
  const widths = words.map(word => measureText(face, word, 1000, tracking))
  const space = measureText(face, 'n n', 1000, tracking) - measureText(face, 'nn', 1000, tracking)
  const linesWithin = (limit: number): string[] => {
    const lines: string[] = []
    let at = Number.POSITIVE_INFINITY
    words.forEach((word, i) => {
      const width = widths[i] ?? 0
      if (at + space + width > limit) {
        lines.push(word)
        at = width
      } else {
        lines[lines.length - 1] += ` ${word}`
        at += space + width
      }
    })
    return lines
  }
  let low = Math.max(...widths)
  let high = widths.reduce((sum, width) => sum + width + space, 0)
  if (linesWithin(low).length <= count) return linesWithin(low)
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2
    if (linesWithin(middle).length <= count) high = middle
    else low = middle
  }
  return linesWithin(high)
}

const MAX_LINES = 8
/** Longer words are hyphenated. */
const MAX_WORD_LENGTH = 18

const splitWords = (text: string): string[] =>
  text.split(/\s+/).flatMap(word => {
    if (word.length <= MAX_WORD_LENGTH) return word
    const start = truncate(word, Math.ceil(word.length / 2))
    return [`${start}-`, word.slice(start.length)]
  })

type FittedText = { readonly lines: readonly string[]; readonly size: number }

/**
 * Fits `text` into the box at the largest size; drops lines that do not fit at the minimum size, with an
 * ellipsis.
 */
export const fitText = (text: string, { width, height }: Box, style: TextStyle): FittedText => {
  const { face, maxSize, minSize, lineHeight, tracking = 0 } = style
  const words = splitWords(text)
  let best: FittedText | undefined
  for (let count = 1; count <= Math.min(MAX_LINES, words.length); count++) {
    const lines = breakLines(words, face, count, tracking)
    const widest = Math.max(...lines.map(line => measureText(face, line, 1, tracking)))
    const size = Math.min(maxSize, width / widest, height / (1 + (lines.length - 1) * lineHeight))
    if (!best || size > best.size * 1.04) best = { lines, size }
  }
  if (!best || best.size >= minSize) return best ?? { lines: [], size: minSize }
  const fitting = Math.max(1, Math.floor((height / minSize - 1) / lineHeight) + 1)
  const size = Math.min(
    minSize,
    width / Math.max(...best.lines.map(line => measureText(face, line, 1, tracking))),
  )
  const lines = best.lines.slice(0, fitting)
  const last = lines.at(-1)
  if (lines.length < best.lines.length && last !== undefined) lines[lines.length - 1] = `${last} …`
  return { lines, size }
}

export type TextBlock = {
  readonly svg: string
  readonly top: number
  readonly bottom: number
  readonly size: number
}

const CAP_HEIGHT = 0.72
/** Text without glyphs in our typefaces is rendered with the viewer's fonts. */
const textElement = (line: string, x: number, y: number, size: number, { anchor, fill }: TextStyle): string =>
  `<text x="${Math.round(x)}" y="${Math.round(y)}" font-family="Georgia, 'Noto Serif', serif" font-size="${Math.round(size)}" text-anchor="${anchor}" fill="${fill}">${escapeXml(line)}</text>`

/** Lays out `text` in the box: SVG, with the top and bottom of its letters. */
export const textBlock = (text: string, box: Box, style: TextStyle): TextBlock => {
  const usesSystemFont = !hasGlyphs(style.face, text)
  const fitted = usesSystemFont ? fitWithoutGlyphs(text, box, style) : fitText(text, box, style)
  const { lines, size } = fitted
  const { lineHeight, anchor, verticalAlign, face, tracking = 0, fill } = style
  const tall = size * (CAP_HEIGHT + (lines.length - 1) * lineHeight)
  const room = box.height - tall
  const top = box.y + (verticalAlign === 'top' ? 0 : verticalAlign === 'middle' ? room / 2 : room)
  const x = anchor === 'start' ? box.x : box.x + box.width / 2
  const baseline = (i: number) => top + size * (CAP_HEIGHT + i * lineHeight)
  const svg = usesSystemFont
    ? lines.map((line, i) => textElement(line, x, baseline(i), size, style)).join('')
    : `<path fill="${fill}" d="${lines.map((line, i) => outlineText({ face, text: line, size, x, y: baseline(i), anchor, tracking })).join('')}"/>`
  return { svg, top, bottom: top + tall, size }
}

const fitWithoutGlyphs = (
  text: string,
  { width, height }: Box,
  { maxSize, lineHeight }: TextStyle,
): FittedText => {
  const words = text.split(/\s+/)
  const perLine = Math.max(8, Math.ceil(Math.sqrt(text.length * 2.2)))
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < perLine) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  const longest = Math.max(...lines.map(line => line.length))
  return {
    lines,
    size: Math.min(maxSize, width / (0.62 * longest), height / (1 + (lines.length - 1) * lineHeight)),
  }
}
