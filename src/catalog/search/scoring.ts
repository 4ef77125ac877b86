/** Second pass of a search, an exact score of the best candidates: word order, whole titles, names, popularity. */
import { FIELD_WEIGHTS } from './candidates.ts'
import { type QueryWord, SIMILARITY } from './query-parser.ts'
import { FIELD, FIELD_BITS, FIELD_MASK, type TextIndex } from './text-index.ts'

/** What each trait of a match adds to a book's score. */
const SCORE_WEIGHTS = {
  /** All typed words found, each as well as it fits. */
  covered: 10,
  /** All words of the title (or of title and subtitle) typed. */
  titleCovered: 1,
  /** The first typed word begins the title. */
  atStart: 0.35,
  /** The words are in the title in the order in which they were typed. */
  inOrder: 1,
  /** The title is exactly the query: this finds a book without ratings by its title. */
  exactTitle: 4,
  /** The title is the query but for typos. */
  wholeTitle: 0.4,
  /** All typed words are of an author's name, the surname among them. */
  author: 0.5,
  /** The same without typos, and two words or more: a full name is hardly meant as a title. */
  fullName: 1.6,
  /** What is left of `titleCovered` and `wholeTitle` while the last word is not typed to its end. */
  unfinished: 0.1,
  popularity: 3.6,
}

/** Words before the first telling word of a title. */
export const ARTICLES: ReadonlySet<string> = new Set(['the', 'a', 'an'])
const MAX_TITLE_WORDS = 160
/** An author who is not the first one is often a translator or an illustrator. */
const OTHER_AUTHOR_FACTOR = 0.96

/** Logarithms of small whole numbers: the score needs one for every word of a title. */
const LOGARITHMS = Float32Array.from({ length: 4096 }, (_, n) => Math.log(Math.max(n, 1)))

/** Joined and split words still make up the exact title, and fit a little less than 1. */
const wholeTitleBonus = (share: number): number => {
  if (share > 0.999) return SCORE_WEIGHTS.exactTitle
  return share > 0.945 ? SCORE_WEIGHTS.exactTitle / 2 : SCORE_WEIGHTS.wholeTitle
}

const joins = (word: QueryWord | undefined, term: number): boolean =>
  word?.joinedWithNext.includes(term) ?? false

export type Scorer = {
  /** How well a book fits, popularity (0 to 1) included; more is better. `books` is the size of the index. */
  readonly score: (slot: number, words: readonly QueryWord[], popularity: number, books: number) => number
}

/** Scores single books against the words of one query. */
export const createScorer = (text: TextIndex): Scorer => {
  // Which words of the current title were typed; reused for every book.
  const typed = new Uint8Array(MAX_TITLE_WORDS)

  const fitsHalves = (word: QueryWord, start: number, at: number, count: number): boolean => {
    if (word.halves.length === 0 || at + 1 >= count) return false
    const { data } = text.wordsOf
    const here = (data[start + at] ?? 0) >>> FIELD_BITS
    const next = (data[start + at + 1] ?? 0) >>> FIELD_BITS
    return word.halves.some(({ left, right }) => left === here && right === next)
  }

  /** The value of a word at a position where its left half is and its right half follows. */
  const halvesValue = (word: QueryWord, start: number, at: number, count: number): number =>
    fitsHalves(word, start, at, count) ? SIMILARITY.halves : 0

  /** 1 when the word is the first of the title, a little less when only an article precedes it. */
  const atStartValue = (start: number, position: number, word: QueryWord): number => {
    if (position === 0) return 1
    const first = (text.wordsOf.data[start] ?? 0) >>> FIELD_BITS
    if (position === 1 && ARTICLES.has(text.dictionary.termOf(first))) return 0.9
    return position === 1 && fitsHalves(word, start, 0, 2) ? 1 : 0
  }

  /** The typed share of the title's words up to a field, rare words weighing more. */
  const titleCovered = (start: number, count: number, upTo: number, books: number): number => {
    const { data } = text.wordsOf
    let covered = 0
    let all = 0
    for (let at = 0; at < count; at++) {
      const entry = data[start + at] ?? 0
      if ((entry & FIELD_MASK) > upTo) break
      const documents = text.documentCount(entry >>> FIELD_BITS)
      const weight = Math.log(books + 2) + 0.3 - (LOGARITHMS[Math.min(documents, 4095)] ?? 0)
      all += weight
      if (typed[at] === 1) covered += weight
    }
    return all === 0 ? 0 : covered / all
  }

  const score = (slot: number, words: readonly QueryWord[], popularity: number, books: number): number => {
    const { data, starts, counts } = text.wordsOf
    const start = starts[slot] ?? 0
    const count = Math.min(counts[slot] ?? 0, MAX_TITLE_WORDS)
    typed.fill(0, 0, count)
    let covered = 0
    let weights = 0
    let titleWeight = 0
    let inOrder = 0
    let atStart = 0
    let previous = -2
    let authorCovered = 0
    let surname = 0
    let lastBest = 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]
      if (word === undefined) continue
      let best = 0
      let position = -1
      let bestAuthor = 0
      for (let at = 0; at < count; at++) {
        const entry = data[start + at] ?? 0
        let similarity = word.similarity[entry >>> FIELD_BITS] ?? 0
        if (word.halves.length > 0) similarity = Math.max(similarity, halvesValue(word, start, at, count))
        if (similarity === 0) continue
        const inField = entry & FIELD_MASK
        const value = similarity * (FIELD_WEIGHTS[inField] ?? 0) + (at === previous + 1 ? 0.02 : 0)
        if (inField >= FIELD.author) {
          bestAuthor = Math.max(bestAuthor, similarity * (inField > FIELD.surname ? OTHER_AUTHOR_FACTOR : 1))
          const isSurname = inField === FIELD.surname || inField === FIELD.otherSurname
          if (isSurname) surname = Math.max(surname, similarity)
        }
        if (value > best) {
          lastBest = similarity
          best = value
          position = at
        }
      }
      weights += word.weight
      authorCovered += word.weight * bestAuthor
      if (position < 0) {
        previous = -2
        continue
      }
      covered += word.weight * Math.min(best, 1)
      const entry = data[start + position] ?? 0
      typed[position] = 1
      if ((entry & FIELD_MASK) < FIELD.author) {
        const isJoined = position === previous && joins(words[i - 1], entry >>> FIELD_BITS)
        if (position === previous + 1 || isJoined) inOrder += word.weight
        titleWeight += word.weight
        if (i === 0) atStart = atStartValue(start, position, word)
        if (fitsHalves(word, start, position, count)) {
          typed[position + 1] = 1
          position++
        }
      }
      previous = position
    }
    const wholeMain = titleCovered(start, count, FIELD.main, books)
    const whole = Math.max(wholeMain, titleCovered(start, count, FIELD.subtitle, books))
    const ordered =
      titleWeight === 0 ? 0 : (inOrder + (atStart > 0 ? (words[0]?.weight ?? 0) : 0)) / titleWeight
    const share = covered / weights
    const inTitle = titleWeight / weights
    const isWhole = whole > 0.999 && inTitle > 0.999 && ordered > 0.999
    const wholeTitle = isWhole ? wholeTitleBonus(share) : 0
    const finished = lastBest === 1 ? 1 : SCORE_WEIGHTS.unfinished
    const byTitle =
      SCORE_WEIGHTS.covered * share +
      SCORE_WEIGHTS.titleCovered * whole * share * finished +
      SCORE_WEIGHTS.atStart * atStart * share +
      SCORE_WEIGHTS.inOrder * ordered * inTitle * share +
      wholeTitle * finished
    const named = surname > 0.7 && authorCovered > 0.7 * weights ? authorCovered / weights : 0
    const nameBonus = words.length > 1 && named > 0.95 ? SCORE_WEIGHTS.fullName : SCORE_WEIGHTS.author
    const byName = (SCORE_WEIGHTS.covered + nameBonus) * named
    return Math.max(byTitle, byName) + SCORE_WEIGHTS.popularity * popularity
  }

  return { score }
}
