/** The designs that covers are drawn in. */
import type { CoverWords } from './cover-words.ts'
import { band, label, plate, poster } from './designs-of-type.server.ts'
import { arches, discs, hills, tiles } from './designs-with-shapes.server.ts'
import type { Palette } from './palettes.ts'

export type Draw = (words: CoverWords, colours: Palette, random: () => number) => string
export type Design = { readonly suits: (words: CoverWords) => boolean; readonly draw: Draw }

const isShort = ({ title }: CoverWords) => title.length <= 34
const always = () => true

export const designs: readonly Design[] = [
  { suits: always, draw: plate },
  { suits: always, draw: band },
  { suits: isShort, draw: poster },
  { suits: always, draw: label },
  { suits: always, draw: discs },
  { suits: always, draw: hills },
  { suits: always, draw: tiles },
  { suits: always, draw: arches },
]
