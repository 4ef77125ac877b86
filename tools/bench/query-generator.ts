/** Query generator: seeded queries with known results and typical typing errors, made from a list of books. */
import { authorNames } from '#src/catalog/author-names.ts'
import { foldWords } from '#src/catalog/fold-words.ts'
import type { ListedBook } from '#src/catalog/schema.ts'
import { titleParts } from '#src/catalog/title-parts.ts'
import { pick, seededRandom, shuffle } from './random.ts'
import { addTypo, cutTitle, STOP_WORDS, spellPhonetically } from './typing-errors.ts'

/** A query, the ids of correct first results, and the kind of error in it. */
export type Question = { readonly q: string; readonly right: ReadonlySet<string>; readonly kind: string }

type Target = { readonly book: ListedBook; readonly main: string[]; readonly author: string[] }

/** Generates `perKind` questions of each of thirteen kinds; popular books are chosen more often. */
export const generateQuestions = (
  books: readonly ListedBook[],
  perKind: number,
  seed: number,
): Question[] => {
  const random = seededRandom(seed)
  const byPopularity = books.toSorted((a, b) => (b.ratings_count ?? 0) - (a.ratings_count ?? 0))
  const targets = byPopularity.map(book => ({
    book,
    main: foldWords(titleParts(book.title).main),
    author: foldWords(authorNames(book.author)[0] ?? ''),
  }))
  const ids = (fits: (target: Target) => boolean) =>
    new Set(targets.filter(fits).map(target => target.book.book_id))
  const sameTitle = (words: readonly string[]) => {
    const key = words.join(' ')
    return ids(target => target.main.join(' ') === key)
  }
  const firstBeginning = (prefix: string) => {
    const first = targets.find(({ main }) => main.join(' ').startsWith(prefix))
    return first === undefined ? new Set<string>() : sameTitle(first.main)
  }
  const byAuthor = (surname: string, full?: string) =>
    ids(({ author }) => (full === undefined ? author.at(-1) === surname : author.join(' ') === full))
  const oneAuthor = (surname: string) =>
    new Set(targets.filter(t => t.author.at(-1) === surname).map(t => t.author.join(' '))).size === 1

  const kinds: Record<string, (target: Target) => readonly [string, ReadonlySet<string>] | undefined> = {
    'exact-title': ({ book, main }) => [titleParts(book.title).main.trim(), sameTitle(main)],
    typo: ({ main, author }) => {
      if (random() < 0.3) {
        return [addTypo(random, author).join(' '), byAuthor('', author.join(' '))]
      }
      const once = addTypo(random, main)
      const slipped = random() < 0.2 ? addTypo(random, once) : once
      return slipped.join(' ') === main.join(' ') ? undefined : [slipped.join(' '), sameTitle(main)]
    },
    prefix: ({ main }) => {
      const typed = cutTitle(random, main).join(' ')
      return typed.length < 5 ? undefined : [typed, firstBeginning(typed)]
    },
    author: ({ author }) => {
      const surname = author.at(-1) ?? ''
      const alone = random() < 0.25 && oneAuthor(surname)
      const full = author.join(' ')
      return [alone ? surname : full, alone ? byAuthor(surname) : byAuthor('', full)]
    },
    'words-out-of-order': ({ main, author }) =>
      main.length < 2
        ? undefined
        : random() < 0.5
          ? [[author.at(-1), ...main].join(' '), sameTitle(main)]
          : [shuffle(random, main).join(' '), sameTitle(main)],
    isbn: ({ book }) => {
      const isbn = book.isbn
      if (isbn === undefined) return undefined
      const spaced = `${isbn.slice(0, 3)}-${isbn[3]} ${isbn.slice(4, 9)}-${isbn.slice(9)}`
      return [random() < 0.5 ? isbn : spaced, new Set([book.book_id])]
    },
    'subtitle-missing': ({ book, main }) =>
      titleParts(book.title).subtitle === '' ? undefined : [main.join(' '), sameTitle(main)],
    phonetic: ({ main, author }) => {
      const named = random() < 0.25
      const heard = spellPhonetically(random, (named ? author : main).join(' '))
      if (heard === undefined || heard.length < 6) return undefined
      return [heard, named ? byAuthor('', author.join(' ')) : sameTitle(main)]
    },
    'typo-in-prefix': ({ main }) => {
      const typed = cutTitle(random, main)
      if (typed.join(' ').length < 7) return undefined
      return [addTypo(random, typed).join(' '), firstBeginning(typed.join(' '))]
    },
    'joined-word': ({ main }) => {
      if (main.length < 2) return undefined
      const at = Math.floor(random() * (main.length - 1))
      const joined = (main[at] ?? '') + (main[at + 1] ?? '')
      return [[...main.slice(0, at), joined, ...main.slice(at + 2)].join(' '), sameTitle(main)]
    },
    'split-word': ({ main }) => {
      const long = main.flatMap((word, i) => (word.length >= 6 ? [i] : []))
      if (long.length === 0) return undefined
      const at = pick(random, long)
      const word = main[at] ?? ''
      const i = 2 + Math.floor(random() * (word.length - 4))
      const halves = [word.slice(0, i), word.slice(i)]
      return [[...main.slice(0, at), ...halves, ...main.slice(at + 1)].join(' '), sameTitle(main)]
    },
    'author+partial-word': ({ main, author }) => {
      const telling = main.filter(word => word.length >= 4 && !STOP_WORDS.has(word))
      const surname = author.at(-1) ?? ''
      if (telling.length === 0 || surname.length < 4) return undefined
      const word = pick(random, telling)
      const part = word.slice(0, 4 + Math.floor(random() * (word.length - 3)))
      const first = targets.find(
        other => other.author.at(-1) === surname && other.main.some(w => w.startsWith(part)),
      )
      if (first === undefined) return undefined
      const name = random() < 0.4 ? (addTypo(random, [surname])[0] ?? '') : surname
      return [random() < 0.5 ? `${part} ${name}` : `${name} ${part}`, sameTitle(first.main)]
    },
    'dropped-stopwords-or-plural': ({ main }) => {
      const left = main.filter(word => !STOP_WORDS.has(word))
      if (left.length < 2 || (left.length === main.length && random() < 0.7)) return undefined
      const plural =
        random() < 0.3 ? left.map((word, i) => (i === left.length - 1 ? `${word}s` : word)) : left
      return [plural.join(' '), sameTitle(main)]
    },
  }
  return Object.entries(kinds).flatMap(([kind, make]) => {
    const questions: Question[] = []
    for (let tries = 0; questions.length < perKind && tries < perKind * 100; tries++) {
      const rank = Math.floor(targets.length * random() ** 3)
      const target = targets[Math.min(rank, targets.length - 1)]
      const made = target === undefined ? undefined : make(target)
      if (made !== undefined && made[1].size > 0) questions.push({ q: made[0], right: made[1], kind })
    }
    return questions
  })
}
