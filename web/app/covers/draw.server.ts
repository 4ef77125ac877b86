/** Draws the cover of a book that has none: a design, colours and proportions that are always the same for that book. */
import { wordsHash } from './cover-address.ts'
import { coverWords } from './cover-words.ts'
import { designs } from './designs.server.ts'
import { palettes } from './palettes.ts'

const SHELF_COLOURS = 5

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
const chance = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Drawn = {
  readonly book_id: string
  readonly title: string
  readonly author: string
  readonly category: string
}

/** A cover of 800 by 1200 as SVG. Books of one category share a few colours. */
export const drawCover = (book: Drawn): string => {
  const words = coverWords(book)
  const random = chance(wordsHash(`${book.book_id}\n${book.title}`))
  random()
  const first = wordsHash(book.category) % palettes.length
  const colours = palettes[(first + Math.floor(random() * SHELF_COLOURS)) % palettes.length] ?? palettes[0]
  const fitting = designs.filter(({ suits }) => suits(words))
  const design = fitting[Math.floor(random() * fitting.length)] ?? designs[0]
  const body = colours && design ? design.draw(words, colours, random) : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1200" width="800" height="1200">${body}</svg>`
}
