/** Generated cover of a book without an image: deterministic design, colors and proportions. */

import { toCoverText } from './cover-text.ts'
import { hashText } from './cover-url.ts'
import { DESIGNS } from './designs.server.ts'
import { PALETTES } from './palettes.ts'

const COLORS_PER_CATEGORY = 5

/** Seeded pseudorandom numbers from 0 to 1 (mulberry32). */
const createRandom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type CoverBook = {
  readonly book_id: string
  readonly title: string
  readonly author: string
  readonly category: string
}

/** Draws a cover of 800 by 1200 as SVG. Books of one category share a few palettes. */
export const drawCover = (book: CoverBook): string => {
  const text = toCoverText(book)
  const random = createRandom(hashText(`${book.book_id}\n${book.title}`))
  random()
  const first = hashText(book.category) % PALETTES.length
  const palette =
    PALETTES[(first + Math.floor(random() * COLORS_PER_CATEGORY)) % PALETTES.length] ?? PALETTES[0]
  const fitting = DESIGNS.filter(({ suits }) => suits(text))
  const design = fitting[Math.floor(random() * fitting.length)] ?? DESIGNS[0]
  const body = palette && design ? design.draw(text, palette, random) : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1200" width="800" height="1200">${body}</svg>`
}
