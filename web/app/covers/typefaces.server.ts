/** Typefaces of drawn covers. Text becomes outlines, so covers look the same without installed fonts. */

import garamond from '@fontsource/eb-garamond/files/eb-garamond-latin-500-normal.woff?inline'
import garamondExtended from '@fontsource/eb-garamond/files/eb-garamond-latin-ext-500-normal.woff?inline'
import jost from '@fontsource/jost/files/jost-latin-500-normal.woff?inline'
import jostExtended from '@fontsource/jost/files/jost-latin-ext-500-normal.woff?inline'
import oswald from '@fontsource/oswald/files/oswald-latin-600-normal.woff?inline'
import oswaldExtended from '@fontsource/oswald/files/oswald-latin-ext-600-normal.woff?inline'
import playfair from '@fontsource/playfair-display/files/playfair-display-latin-700-normal.woff?inline'
import playfairExtended from '@fontsource/playfair-display/files/playfair-display-latin-ext-700-normal.woff?inline'
import { type Font, type Glyph, type Path, parse } from 'opentype.js'

const FONT_FILES = {
  garamond: [garamond, garamondExtended],
  jost: [jost, jostExtended],
  oswald: [oswald, oswaldExtended],
  playfair: [playfair, playfairExtended],
}
export type Typeface = keyof typeof FONT_FILES

/** Fonts are parsed on first use. */
const loadedFonts = new Map<string, Font>()
const loadFont = (file: string): Font => {
  const known = loadedFonts.get(file)
  if (known) return known
  const bytes = Buffer.from(file.slice(file.indexOf(',') + 1), 'base64')
  const font = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer)
  loadedFonts.set(file, font)
  return font
}

type PlacedGlyph = { readonly glyph: Glyph; readonly font: Font }

const findGlyph = (face: Typeface, letter: string): PlacedGlyph | undefined => {
  for (const file of FONT_FILES[face]) {
    const font = loadFont(file)
    const glyph = font.charToGlyph(letter)
    if (glyph.index !== 0) return { glyph, font }
  }
  return undefined
}

/** Whether the typeface has a glyph for every character of the text. */
export const hasGlyphs = (face: Typeface, text: string): boolean =>
  [...text].every(letter => letter === ' ' || findGlyph(face, letter) !== undefined)

type VisitGlyph = (placed: PlacedGlyph, x: number) => void

/**
 * Calls `step` for each glyph, at 1000 units per em; returns the width. `tracking` is in thousandths of an
 * em.
 */
const layOutGlyphs = (
  face: Typeface,
  text: string,
  tracking: number,
  step: VisitGlyph = () => {},
): number => {
  let x = 0
  let before: PlacedGlyph | undefined
  for (const letter of text) {
    const placed = findGlyph(face, letter)
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

/** Width of a line at this size, in units of the cover. */
export const measureText = (face: Typeface, text: string, size: number, tracking = 0): number =>
  (layOutGlyphs(face, text, tracking) * size) / 1000

export type Line = {
  readonly face: Typeface
  readonly text: string
  readonly size: number
  readonly x: number
  /** The baseline. */
  readonly y: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly tracking?: number
}

/** SVG path data in whole units; the library's own rounding yields NaN for some values. */
const pathData = ({ commands }: Path): string =>
  commands
    .map(({ type, ...at }) => {
      const points = ['x1', 'y1', 'x2', 'y2', 'x', 'y'].flatMap(name =>
        name in at ? [at[name as keyof typeof at]] : [],
      )
      return type + points.map(value => Math.round(value)).join(' ')
    })
    .join('')

/** Outline of a line, as SVG path data. */
export const outlineText = ({ face, text, size, x, y, anchor = 'start', tracking = 0 }: Line): string => {
  const width = measureText(face, text, size, tracking)
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width
  let path = ''
  layOutGlyphs(face, text, tracking, ({ glyph }, at) => {
    path += pathData(glyph.getPath(left + (at * size) / 1000, y, size))
  })
  return path
}
