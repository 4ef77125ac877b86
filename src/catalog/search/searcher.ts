/** Full-text search: the books that match one typed query, and their order by how well they fit. */
import { volumeOf } from '../title-order.ts'
import type { BookStore } from './book-store.ts'
import { CandidateCollector } from './candidates.ts'
import { createPlausibility } from './plausibility.ts'
import { createQueryParser, KIND, type Kind, type QueryWord, queryWords } from './query-parser.ts'
import { createScorer } from './scoring.ts'
import { SpellingIndex } from './spelling-index.ts'
import type { TextIndex } from './text-index.ts'
import { topSlots } from './top-slots.ts'

/** How many of the best candidates are scored exactly. */
const EXACT_SCORES = 96
/** Books below this share of the best rough score do not match. */
export const MIN_SHARE = 0.7
const ROUGH_POPULARITY = 0.15
/** How many candidates are scored, and the score that one of them must reach, for a query to pass as free of typos. */
const QUICK_SCORES = 16
const TIDY_SCORE = 10.2
/** Number of exact matches from which on no fuzzy ones are searched for. */
const FEW = 10
/** Among how many of the best books volumes are put in order, and up to which difference of their scores. */
const ORDERED_VOLUMES = 48
const SAME_SCORE = 0.25
const SAME_POPULARITY = 0.005

/** The books that match, unordered, and how each of them does; valid until the next query. */
export type Matches = {
  readonly slots: Uint32Array
  readonly words: readonly QueryWord[]
  readonly kindOf: (slot: number) => Kind
  /** Whether words that may have been meant were looked for too. */
  readonly isExpanded: boolean
}

/** Where a volume of a series stands among the results. */
type Place = { readonly at: number; readonly slot: number; readonly number: number; readonly score: number }

export type Searcher = {
  /**
   * The books that match a query; `isIncomplete` while it is being typed, when a few letters are enough. Must be ended with
   * `release` before the next query begins.
   */
  readonly find: (q: string, isIncomplete?: boolean) => Matches
  /** The steps of `find`, between which books may be added to the store: the words as typed. */
  readonly parse: (typed: readonly string[]) => readonly QueryWord[]
  /** Adds words that may have been meant. */
  readonly expand: (words: readonly QueryWord[]) => void
  /** The best rough score of the books, and whether one of them surely has every word that is not common. */
  readonly rate: (words: readonly QueryWord[]) => { readonly best: number; readonly isSure: boolean }
  /** Whether one of the books has all these words together, so that no others are looked for. */
  readonly isTidy: (words: readonly QueryWord[]) => boolean
  /** The books that match the words, which are `isExpanded` or as typed. */
  readonly match: (words: readonly QueryWord[], isExpanded: boolean, isIncomplete: boolean) => Matches
  /** The best `limit` of `slots`, which are some of the books that matched, best first. */
  readonly best: (matches: Matches, slots: Uint32Array, limit: number) => Uint32Array
  /** Ends a query. */
  readonly release: (words: readonly QueryWord[]) => void
}

/** `countBooks` returns how many books there are, of which the store may have a part. */
export const createSearcher = (
  store: BookStore,
  text: TextIndex,
  countBooks: () => number = () => store.size,
): Searcher => {
  const candidates = new CandidateCollector()
  const spelling = new SpellingIndex(text.dictionary, term => text.documentCount(term))
  const parser = createQueryParser(text, spelling)
  const scorer = createScorer(text)
  const plausibility = createPlausibility(text)
  const kindOf = (slot: number): Kind => candidates.kindOf(slot)

  /** Of these candidates those that may be meant: fuzzy ones only where few or none have the words as typed. */
  const aboveFloor = (
    slots: Uint32Array,
    words: readonly QueryWord[],
    isIncomplete: boolean,
  ): Uint32Array => {
    const [only, ...others] = words
    const isLone = only !== undefined && others.length === 0 && !isIncomplete
    const close = slots.filter(slot => {
      const kind = kindOf(slot)
      return (
        kind === KIND.exact ||
        (kind === KIND.prefix && (!isLone || plausibility.isPlausiblePrefix(slot, only)))
      )
    })
    if (close.length >= FEW) return close
    return slots.filter(
      slot =>
        close.includes(slot) ||
        (kindOf(slot) === KIND.fuzzy &&
          plausibility.isPlausible(slot, words, store.popularity[slot] ?? 0, countBooks())),
    )
  }

  const bestRough = (): number => {
    const { slots, scores, count } = candidates
    let best = 0
    for (let i = 0; i < count; i++) best = Math.max(best, scores[slots[i] ?? 0] ?? 0)
    return best
  }

  /** The candidates that reach the least share of the best rough score. */
  const wellMatched = (): Uint32Array => {
    const { slots, scores, count } = candidates
    const least = bestRough() * MIN_SHARE
    const matched = new Uint32Array(count)
    let kept = 0
    for (let i = 0; i < count; i++) {
      const slot = slots[i] ?? 0
      if ((scores[slot] ?? 0) >= least) matched[kept++] = slot
    }
    return matched.subarray(0, kept)
  }

  /** Puts volumes of a series that nothing else tells apart into their order, in the places that they have. */
  const orderVolumes = (best: Uint32Array, scoreOf: (slot: number) => number): void => {
    const groups: Place[][] = []
    const latest = new Map<string, Place[]>()
    best.subarray(0, ORDERED_VOLUMES).forEach((slot, at) => {
      const volume = volumeOf(store.row(slot)?.title ?? '')
      if (volume === undefined) return
      const place = { at, slot, number: volume.number, score: scoreOf(slot) }
      const group = latest.get(volume.series)
      if (group?.[0] !== undefined && isAlike(group[0], place)) {
        group.push(place)
        return
      }
      groups.push([place])
      latest.set(volume.series, groups.at(-1) ?? [])
    })
    for (const group of groups) {
      const inOrder = group.toSorted((a, b) => a.number - b.number || a.at - b.at)
      group.forEach(({ at }, i) => {
        best[at] = inOrder[i]?.slot ?? 0
      })
    }
  }

  const isAlike = (a: Place, b: Place): boolean =>
    a.score - b.score <= SAME_SCORE &&
    Math.abs((store.popularity[a.slot] ?? 0) - (store.popularity[b.slot] ?? 0)) <= SAME_POPULARITY

  const roughBest = (words: readonly QueryWord[], slots: Uint32Array, limit: number): Uint32Array => {
    const { scores } = candidates
    const { popularity } = store
    const total = words.reduce((sum, word) => sum + (word.common ? 0 : word.weight), 0)
    const rough = (slot: number) => (scores[slot] ?? 0) / total + ROUGH_POPULARITY * (popularity[slot] ?? 0)
    return topSlots(slots, rough, limit, slot => store.bookId(slot))
  }

  const collect = (words: readonly QueryWord[]): boolean => candidates.collect(text, words, store.rows.length)

  /** Whether one of the best candidates has the words together, in a title or a name, and not scattered. */
  const isTidy = (words: readonly QueryWord[]): boolean =>
    collect(words) &&
    roughBest(words, wellMatched(), QUICK_SCORES).some(
      slot => scorer.score(slot, words, 0, countBooks()) >= TIDY_SCORE,
    )

  const match = (words: readonly QueryWord[], isExpanded: boolean, isIncomplete: boolean): Matches => {
    collect(words)
    return { slots: aboveFloor(wellMatched(), words, isIncomplete), words, kindOf, isExpanded }
  }

  const parse = (typed: readonly string[]): QueryWord[] => parser.parse(typed, countBooks())
  const expand = (words: readonly QueryWord[]): void => parser.expand(words, countBooks())

  return {
    find: (q, isIncomplete = false) => {
      const words = parse(queryWords(q))
      const isExpanded = !isTidy(words)
      if (isExpanded) expand(words)
      return match(words, isExpanded, isIncomplete)
    },
    parse,
    expand,
    rate: words => ({ isSure: collect(words), best: bestRough() }),
    isTidy,
    match,
    best: ({ words }, slots, limit) => {
      const bestOf = (some: Uint32Array): Uint32Array => {
        const byRough = roughBest(words, some, Math.max(limit, EXACT_SCORES))
        const likely = byRough.subarray(0, EXACT_SCORES)
        const exact = (slot: number) => scorer.score(slot, words, store.popularity[slot] ?? 0, countBooks())
        likely.set(topSlots(likely, exact, likely.length, slot => store.bookId(slot)))
        orderVolumes(likely, exact)
        return byRough
      }
      const fuzzy = slots.some(slot => kindOf(slot) === KIND.fuzzy)
      if (!fuzzy) return bestOf(slots).subarray(0, limit)
      const exact = bestOf(slots.filter(slot => kindOf(slot) === KIND.exact))
      const others = bestOf(slots.filter(slot => kindOf(slot) !== KIND.exact))
      return Uint32Array.of(...exact, ...others).subarray(0, limit)
    },
    release: parser.release,
  }
}
