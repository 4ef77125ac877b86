/** Test queries: the same categories, books and search words for every shop. */
import type { Book } from '#src/catalog/schema.ts'
import { seededRandom, shuffle } from '../random.ts'

const SEED = 20261122
const MIN_LETTERS = 4
/** Words that query languages might interpret as operators. */
const OPERATORS = new Set(['with', 'from', 'near'])

/** Positions of the books that are requested: every tenth. */
export const selectBooks = (books: readonly Book[]): number[] =>
  books.flatMap((_, place) => (place % 10 === 3 ? [place] : []))

/** Title words and pairs of adjacent title words, each once, which every shop finds without typo tolerance. */
export const createSearchTexts = (books: readonly Book[]): string[] => {
  const texts = new Set<string>()
  for (const { title } of books) {
    const words = title.toLowerCase().split(' ')
    const fits = (word: string | undefined): word is string =>
      word !== undefined && word.length >= MIN_LETTERS && /^[a-z]+$/.test(word) && !OPERATORS.has(word)
    words.forEach((word, i) => {
      if (!fits(word)) return
      texts.add(word)
      const next = words[i + 1]
      if (fits(next)) texts.add(`${word} ${next}`)
    })
  }
  return shuffle(seededRandom(SEED), [...texts])
}
