/** Nonsense queries: seeded texts that no book is meant by, of which a search should find next to nothing. */
import { foldWords } from '#src/catalog/fold-words.ts'
import type { ListedBook } from '#src/catalog/schema.ts'
import type { BookIndex } from '#src/catalog/search/book-index.ts'
import { BRANDS, KEYBOARD_ROWS, OTHER_TRADES } from './nonsense-words.ts'
import { pick, pickSome, type Random, seededRandom } from './random.ts'

const COUNTS = { random: 300, brand: 150, trade: 150, keyboard: 100 }
/** A query with a word of this length that a book has is not nonsense. */
const TELLING_LENGTH = 4
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']

export type NonsenseQuery = { readonly q: string; readonly kind: keyof typeof COUNTS }

/** 4 to 12 random letters. */
const randomLetters = (random: Random): string =>
  Array.from({ length: 4 + Math.floor(random() * 9) }, () => pick(random, LETTERS)).join('')

/** A run of 4 to 8 neighboring keys, sometimes typed twice. */
const keyboardRun = (random: Random): string => {
  const row = pick(random, KEYBOARD_ROWS)
  const length = Math.min(row.length, 4 + Math.floor(random() * 5))
  const start = Math.floor(random() * (row.length - length + 1))
  const run = row.slice(start, start + length)
  return random() < 0.2 ? run + run : run
}

const someDifferent = (count: number, make: () => string): string[] => {
  const made = new Set<string>()
  while (made.size < count) made.add(make())
  return [...made]
}

/** The nonsense queries of a seed, less those with a word that stands in a title or a name of these books. */
export const generateNonsense = (books: readonly ListedBook[], seed: number): NonsenseQuery[] => {
  const random = seededRandom(seed)
  const known = new Set(books.flatMap(book => foldWords(`${book.title} ${book.author}`)))
  const texts: Record<NonsenseQuery['kind'], string[]> = {
    random: someDifferent(COUNTS.random, () => randomLetters(random)),
    brand: pickSome(random, BRANDS, COUNTS.brand),
    trade: pickSome(random, OTHER_TRADES, COUNTS.trade),
    keyboard: someDifferent(COUNTS.keyboard, () => keyboardRun(random)),
  }
  const isNonsense = (q: string) =>
    foldWords(q).every(word => word.length < TELLING_LENGTH || !known.has(word))
  return (Object.keys(COUNTS) as NonsenseQuery['kind'][]).flatMap(kind =>
    texts[kind].filter(isNonsense).map(q => ({ q, kind })),
  )
}

export type Found = {
  readonly queries: number
  /** How many of them found something, and of how many of those the answer says that it is not what was typed. */
  readonly found: number
  readonly marked: number
}

/** What the nonsense queries of a seed find, by kind; `showFound` prints those that find something. */
export const measureNonsense = async (
  { search }: BookIndex,
  books: readonly ListedBook[],
  seed: number,
  showFound: boolean,
): Promise<{ readonly name: string; readonly all: Found; readonly kinds: Record<string, Found> }> => {
  const none: Found = { queries: 0, found: 0, marked: 0 }
  const kinds: Record<string, Found> = {}
  let all = none
  for (const { q, kind } of generateNonsense(books, seed)) {
    const { total, match, items } = await search.browse({ q, sort: 'relevance', offset: 0, limit: 1 })
    if (total > 0 && showFound) console.log(`  found (${kind}): ${q} -> ${items[0]?.title} (${match})`)
    const add = ({ queries, found, marked }: Found): Found => ({
      queries: queries + 1,
      found: found + (total > 0 ? 1 : 0),
      marked: marked + (match === 'fuzzy' ? 1 : 0),
    })
    kinds[kind] = add(kinds[kind] ?? none)
    all = add(all)
  }
  return { name: `nonsense (seed ${seed})`, all, kinds }
}
