/** Cover designs, and the titles that they suit. */
import type { CoverText } from './cover-text.ts'
import { band, label, plate, poster } from './designs-of-type.server.ts'
import { arches, discs, hills, tiles } from './designs-with-shapes.server.ts'
import type { Palette } from './palettes.ts'

export type DrawCover = (words: CoverText, colours: Palette, random: () => number) => string
export type Design = { readonly suits: (words: CoverText) => boolean; readonly draw: DrawCover }

const isShort = ({ title }: CoverText) => title.length <= 34
const always = () => true

export const DESIGNS: readonly Design[] = [
  { suits: always, draw: plate },
  { suits: always, draw: band },
  { suits: isShort, draw: poster },
  { suits: always, draw: label },
  { suits: always, draw: discs },
  { suits: always, draw: hills },
  { suits: always, draw: tiles },
  { suits: always, draw: arches },
]
