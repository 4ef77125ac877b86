/** The type of drawn covers: outlines of four families, so that a cover looks the same wherever it is shown. */

import garamond from '@fontsource/eb-garamond/files/eb-garamond-latin-500-normal.woff?inline'
import garamondExtended from '@fontsource/eb-garamond/files/eb-garamond-latin-ext-500-normal.woff?inline'
import jost from '@fontsource/jost/files/jost-latin-500-normal.woff?inline'
import jostExtended from '@fontsource/jost/files/jost-latin-ext-500-normal.woff?inline'
import oswald from '@fontsource/oswald/files/oswald-latin-600-normal.woff?inline'
import oswaldExtended from '@fontsource/oswald/files/oswald-latin-ext-600-normal.woff?inline'
import playfair from '@fontsource/playfair-display/files/playfair-display-latin-700-normal.woff?inline'
import playfairExtended from '@fontsource/playfair-display/files/playfair-display-latin-ext-700-normal.woff?inline'
import { type Font, type Glyph, type Path, parse } from 'opentype.js'

const files = {
  garamond: [garamond, garamondExtended],
  jost: [jost, jostExtended],
  oswald: [oswald, oswaldExtended],
  playfair: [playfair, playfairExtended],
}
export type Face = keyof typeof files

/** A font is read when a letter of it is first drawn. */
const read = new Map<string, Font>()
const fontOf = (file: string): Font => {
  const known = read.get(file)
  if (known) return known
  const bytes = Buffer.from(file.slice(file.indexOf(',') + 1), 'base64')
  const font = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer)
  read.set(file, font)
  return font
}

type Placed = { readonly glyph: Glyph; readonly font: Font }

const glyphOf = (face: Face, letter: string): Placed | undefined => {
  for (const file of files[face]) {
    const font = fontOf(file)
    const glyph = font.charToGlyph(letter)
    if (glyph.index !== 0) return { glyph, font }
  }
  return undefined
}

/** Whether the face has every letter of the text. */
export const canSet = (face: Face, text: string): boolean =>
  [...text].every(letter => letter === ' ' || glyphOf(face, letter) !== undefined)

type Step = (placed: Placed, x: number) => void

/** Goes through the letters at 1000 units to the em; returns the width. `tracking` is in thousandths of an em. */
const walk = (face: Face, text: string, tracking: number, step: Step = () => {}): number => {
  let x = 0
  let before: Placed | undefined
  for (const letter of text) {
    const placed = glyphOf(face, letter)
    if (!placed) continue
    const { font, glyph } = placed
    const unit = 1000 / font.unitsPerEm
    if (before?.font === font) x += font.getKerningValue(before.glyph, glyph) * unit
    step(placed, x)
    x += (glyph.advanceWidth ?? 0) * unit + tracking
    before = placed
  }
  return x - tracking
}

/** The width of a line at a size, in units of the cover. */
export const widthOf = (face: Face, text: string, size: number, tracking = 0): number =>
  (walk(face, text, tracking) * size) / 1000

export type Line = {
  readonly face: Face
  readonly text: string
  readonly size: number
  readonly x: number
  /** The base line. */
  readonly y: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly tracking?: number
}

/** In whole units: the library's own rounding is no number for some values. */
const dataOf = ({ commands }: Path): string =>
  commands
    .map(({ type, ...at }) => {
      const points = ['x1', 'y1', 'x2', 'y2', 'x', 'y'].flatMap(name =>
        name in at ? [at[name as keyof typeof at]] : [],
      )
      return type + points.map(value => Math.round(value)).join(' ')
    })
    .join('')

/** The outline of a line, as the data of an SVG path. */
export const outline = ({ face, text, size, x, y, anchor = 'start', tracking = 0 }: Line): string => {
  const width = widthOf(face, text, size, tracking)
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width
  let path = ''
  walk(face, text, tracking, ({ glyph }, at) => {
    path += dataOf(glyph.getPath(left + (at * size) / 1000, y, size))
  })
  return path
}
