/** Second, exact look at the likeliest books: order of the words, whole titles, beginnings, popularity. */
import { fieldWeights } from './candidates.ts'
import type { QueryWord } from './query-words.ts'
import { similarityOf } from './query-words.ts'
import { field, fieldBits, fieldMask, type TextIndex } from './text-index.ts'

/** What each trait of a match adds to a book's score. */
export const scoreWeights = {
  /** All typed words found, each as well as it fits. */
  covered: 10,
  /** All words of the title (or of title and subtitle) typed. */
  titleCovered: 1,
  /** The first typed word begins the title. */
  atStart: 0.35,
  /** The words stand in the title in the order they were typed in. */
  inOrder: 1,
  /** The title is what was typed, letter by letter: a book nobody has rated yet is found by its title. */
  exactTitle: 4,
  /** The title is what was typed but for slips. */
  wholeTitle: 0.4,
  /** All typed words are of an author's name, the surname among them. */
  author: 0.5,
  /** The same without slips, and two words or more: a full name is hardly meant as a title. */
  fullName: 1.6,
  /** What is left of `titleCovered` and `wholeTitle` while the last word is not typed to its end. */
  unfinished: 0.1,
  popularity: 3.6,
}

const articles = new Set(['the', 'a', 'an'])
const maxTitleWords = 160
/** An author who is not the first one is often a translator or an illustrator. */
const otherAuthors = 0.96

/** Logarithms of small whole numbers: the score needs one for every word of a title. */
const logarithms = Float32Array.from({ length: 4096 }, (_, n) => Math.log(Math.max(n, 1)))

/** Joined and split words are still the title letter by letter, and fit a little less than 1. */
function wholeTitleBonus(share: number): number {
  if (share > 0.999) return scoreWeights.exactTitle
  return share > 0.945 ? scoreWeights.exactTitle / 2 : scoreWeights.wholeTitle
}

/** Scores single books against the words of one query. */
export class Scorer {
  readonly #text: TextIndex
  readonly #typed = new Uint8Array(maxTitleWords)

  constructor(text: TextIndex) {
    this.#text = text
  }

  /** How well a book fits, popularity (0 to 1) included; the more, the better. */
  score(slot: number, words: readonly QueryWord[], popularity: number, books: number): number {
    const { data, starts, counts } = this.#text.wordsOf
    const start = starts[slot] ?? 0
    const count = Math.min(counts[slot] ?? 0, maxTitleWords)
    const typed = this.#typed.fill(0, 0, count)
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
        let similarity = word.similarity[entry >>> fieldBits] ?? 0
        if (word.halves.length > 0) similarity = Math.max(similarity, this.#halves(word, start, at, count))
        if (similarity === 0) continue
        const inField = entry & fieldMask
        const worth = similarity * (fieldWeights[inField] ?? 0) + (at === previous + 1 ? 0.02 : 0)
        if (inField >= field.author) {
          bestAuthor = Math.max(bestAuthor, similarity * (inField > field.surname ? otherAuthors : 1))
          const isSurname = inField === field.surname || inField === field.otherSurname
          if (isSurname) surname = Math.max(surname, similarity)
        }
        if (worth > best) {
          lastBest = similarity
          best = worth
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
      if ((entry & fieldMask) < field.author) {
        const joined = position === previous && this.#joins(words[i - 1], entry >>> fieldBits)
        if (position === previous + 1 || joined) inOrder += word.weight
        titleWeight += word.weight
        if (i === 0) atStart = this.#startOf(start, position, word)
        if (this.#fitsHalves(word, start, position, count)) {
          typed[position + 1] = 1
          position++
        }
      }
      previous = position
    }
    const wholeMain = this.#titleCovered(start, count, field.main, books)
    const whole = Math.max(wholeMain, this.#titleCovered(start, count, field.subtitle, books))
    const ordered =
      titleWeight === 0 ? 0 : (inOrder + (atStart > 0 ? (words[0]?.weight ?? 0) : 0)) / titleWeight
    const share = covered / weights
    const inTitle = titleWeight / weights
    const isWhole = whole > 0.999 && inTitle > 0.999 && ordered > 0.999
    const wholeTitle = isWhole ? wholeTitleBonus(share) : 0
    const finished = lastBest === 1 ? 1 : scoreWeights.unfinished
    const byTitle =
      scoreWeights.covered * share +
      scoreWeights.titleCovered * whole * share * finished +
      scoreWeights.atStart * atStart * share +
      scoreWeights.inOrder * ordered * inTitle * share +
      wholeTitle * finished
    const named = surname > 0.7 && authorCovered > 0.7 * weights ? authorCovered / weights : 0
    const nameBonus = words.length > 1 && named > 0.95 ? scoreWeights.fullName : scoreWeights.author
    const byName = (scoreWeights.covered + nameBonus) * named
    return Math.max(byTitle, byName) + scoreWeights.popularity * popularity
  }

  /** 1 when the word stands first, a little less when only an article goes before it. */
  #startOf(start: number, position: number, word: QueryWord): number {
    if (position === 0) return 1
    const first = (this.#text.wordsOf.data[start] ?? 0) >>> fieldBits
    if (position === 1 && articles.has(this.#text.dictionary.termOf(first))) return 0.9
    return position === 1 && this.#fitsHalves(word, start, 0, 2) ? 1 : 0
  }

  #joins(word: QueryWord | undefined, term: number): boolean {
    return word?.joinedWithNext.includes(term) ?? false
  }

  /** What a word is worth at a place where its left half stands and its right half follows. */
  #halves(word: QueryWord, start: number, at: number, count: number): number {
    return this.#fitsHalves(word, start, at, count) ? similarityOf.halves : 0
  }

  #fitsHalves(word: QueryWord, start: number, at: number, count: number): boolean {
    if (word.halves.length === 0 || at + 1 >= count) return false
    const { data } = this.#text.wordsOf
    const here = (data[start + at] ?? 0) >>> fieldBits
    const next = (data[start + at + 1] ?? 0) >>> fieldBits
    return word.halves.some(({ left, right }) => left === here && right === next)
  }

  /** The typed share of the title's words up to a field, rare words weighing more. */
  #titleCovered(start: number, count: number, upTo: number, books: number): number {
    const { data } = this.#text.wordsOf
    let typed = 0
    let all = 0
    for (let at = 0; at < count; at++) {
      const entry = data[start + at] ?? 0
      if ((entry & fieldMask) > upTo) break
      const holders = this.#text.documentCount(entry >>> fieldBits)
      const weight = Math.log(books + 2) + 0.3 - (logarithms[Math.min(holders, 4095)] ?? 0)
      all += weight
      if (this.#typed[at] === 1) typed += weight
    }
    return all === 0 ? 0 : typed / all
  }
}
