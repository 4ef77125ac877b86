/** What everybody is asked: categories, books and words, the same for each shop. */
import type { Book } from '#src/catalog/schema.ts'
import { seededRandom, shuffled } from '../random.ts'

const SEED = 20261122
const LEAST_LETTERS = 4
/** Words that query languages might take for operators. */
const OPERATORS = new Set(['with', 'from', 'near'])

/** The places of the thousand books that are looked at: every tenth. */
export const lookedAt = (books: readonly Book[]): number[] =>
  books.flatMap((_, place) => (place % 10 === 3 ? [place] : []))

/** Words of titles, and two that stand beside each other in one, each once: what every shop finds without any forgiveness. */
export const searchTexts = (books: readonly Book[]): string[] => {
  const texts = new Set<string>()
  for (const { title } of books) {
    const words = title.toLowerCase().split(' ')
    const fits = (word: string | undefined): word is string =>
      word !== undefined && word.length >= LEAST_LETTERS && /^[a-z]+$/.test(word) && !OPERATORS.has(word)
    words.forEach((word, i) => {
      if (!fits(word)) return
      texts.add(word)
      const next = words[i + 1]
      if (fits(next)) texts.add(`${word} ${next}`)
    })
  }
  return shuffled(seededRandom(SEED), [...texts])
}
