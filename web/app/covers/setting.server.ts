/** Setting text on a cover: words into lines that are about equally long, as large as the box allows. */
import { canSet, type Face, outline, widthOf } from './faces.server.ts'
import { escapeXml } from './svg.ts'

export type Box = {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Style = {
  readonly face: Face
  readonly largest: number
  readonly smallest: number
  /** Line height, in ems. */
  readonly leading: number
  readonly anchor: 'start' | 'middle'
  /** Where in the box the text stands. */
  readonly stand: 'top' | 'middle' | 'bottom'
  readonly tracking?: number
  readonly fill: string
}

/** All ways to break words into `count` lines are too many; the narrowest width that gives `count` lines is the best one. */
const broken = (words: readonly string[], face: Face, count: number, tracking: number): string[] => {
  const widths = words.map(word => widthOf(face, word, 1000, tracking))
  const space = widthOf(face, 'n n', 1000, tracking) - widthOf(face, 'nn', 1000, tracking)
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

const MOST_LINES = 8
/** Longer words are cut into the line below. */
const LONGEST_WORD = 18

const wordsOf = (text: string): string[] =>
  text.split(/\s+/).flatMap(word => {
    if (word.length <= LONGEST_WORD) return word
    const half = Math.ceil(word.length / 2)
    return [`${word.slice(0, half)}-`, word.slice(half)]
  })

type Setting = { readonly lines: readonly string[]; readonly size: number }

/** The largest setting of `text` in the box; the lines that do not fit at the smallest size go, with an ellipsis. */
export const setIn = (text: string, { width, height }: Box, style: Style): Setting => {
  const { face, largest, smallest, leading, tracking = 0 } = style
  const words = wordsOf(text)
  let best: Setting | undefined
  for (let count = 1; count <= Math.min(MOST_LINES, words.length); count++) {
    const lines = broken(words, face, count, tracking)
    const widest = Math.max(...lines.map(line => widthOf(face, line, 1, tracking)))
    const size = Math.min(largest, width / widest, height / (1 + (lines.length - 1) * leading))
    if (!best || size > best.size * 1.04) best = { lines, size }
  }
  if (!best || best.size >= smallest) return best ?? { lines: [], size: smallest }
  const fitting = Math.max(1, Math.floor((height / smallest - 1) / leading) + 1)
  const size = Math.min(
    smallest,
    width / Math.max(...best.lines.map(line => widthOf(face, line, 1, tracking))),
  )
  const lines = best.lines.slice(0, fitting)
  const last = lines.at(-1)
  if (lines.length < best.lines.length && last !== undefined) lines[lines.length - 1] = `${last} …`
  return { lines, size }
}

export type Block = {
  readonly svg: string
  readonly top: number
  readonly bottom: number
  readonly size: number
}

const CAP = 0.72
/** What no face of ours can set is left to the fonts of whoever looks. */
const asText = (line: string, x: number, y: number, size: number, { anchor, fill }: Style): string =>
  `<text x="${Math.round(x)}" y="${Math.round(y)}" font-family="Georgia, 'Noto Serif', serif" font-size="${Math.round(size)}" text-anchor="${anchor}" fill="${fill}">${escapeXml(line)}</text>`

/** `text` set in the box, as SVG, with where its letters begin and end. */
export const block = (text: string, box: Box, style: Style): Block => {
  const foreign = !canSet(style.face, text)
  const setting = foreign ? foreignSetting(text, box, style) : setIn(text, box, style)
  const { lines, size } = setting
  const { leading, anchor, stand, face, tracking = 0, fill } = style
  const tall = size * (CAP + (lines.length - 1) * leading)
  const room = box.height - tall
  const top = box.y + (stand === 'top' ? 0 : stand === 'middle' ? room / 2 : room)
  const x = anchor === 'start' ? box.x : box.x + box.width / 2
  const baseline = (i: number) => top + size * (CAP + i * leading)
  const svg = foreign
    ? lines.map((line, i) => asText(line, x, baseline(i), size, style)).join('')
    : `<path fill="${fill}" d="${lines.map((line, i) => outline({ face, text: line, size, x, y: baseline(i), anchor, tracking })).join('')}"/>`
  return { svg, top, bottom: top + tall, size }
}

const foreignSetting = (text: string, { width, height }: Box, { largest, leading }: Style): Setting => {
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
    size: Math.min(largest, width / (0.62 * longest), height / (1 + (lines.length - 1) * leading)),
  }
}
