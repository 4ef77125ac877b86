/** Generator of large book lists with the titles, names and vocabulary growth of a real list. */
import type { ListedBook } from '#src/catalog/schema.ts'
import { pick, type Random, seededRandom } from './random.ts'

const SEED = 20261125
/** Share of generated titles with a new word, as in longer real lists. */
const NEW_WORD_SHARE = 0.3

/** An ISBN-13 with this number, in a range that is not assigned to any group. */
const createIsbn = (number: number): string => {
  const digits = `9799${String(number).padStart(8, '0')}`
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** Coins a word that begins like one word and ends like another. */
const coinWord = (random: Random, words: readonly string[]): string => {
  const [head, tail] = [pick(random, words), pick(random, words)]
  return head.slice(0, Math.max(2, head.length >> 1)) + tail.slice(tail.length >> 1)
}

const createTitle = (random: Random, a: string, b: string): string => {
  const [first, second] = [a.split(' '), b.split(' ')]
  const words = [
    ...first.slice(0, Math.max(1, Math.ceil(first.length / 2))),
    ...second.slice(second.length >> 1),
  ]
  if (random() < NEW_WORD_SHARE) words[Math.floor(random() * words.length)] = coinWord(random, words)
  return words.join(' ').slice(0, 300)
}

/** Yields `count` books: the real ones, then generated ones, the same for the same list. */
export function* generateBooks(real: readonly ListedBook[], count: number): IterableIterator<ListedBook> {
  yield* real.slice(0, count)
  const random = seededRandom(SEED)
  for (let i = real.length; i < count; i++) {
    const [book, other] = [pick(random, real), pick(random, real)]
    const shelves = 1 + Math.floor(i / real.length)
    const author =
      random() < 0.7
        ? book.author
        : `${pick(random, real).author.split(' ')[0]} ${other.author.split(' ').at(-1)}`
    yield {
      ...book,
      book_id: `made-${i}`,
      title: createTitle(random, book.title, other.title),
      author: author.replaceAll(';', ' ').slice(0, 200),
      isbn: createIsbn(i),
      price: 499 + ((i * 7919) % 60) * 100,
      ratings_count: Math.floor(((book.ratings_count ?? 0) / shelves) * random()),
    }
  }
}
