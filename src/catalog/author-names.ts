/**
 * The single names of an author line: a book has one line of text, in which several names are joined as the trade writes them.
 * A conjunction or comma only parts names that look like those of people, so that firms and bands stay whole.
 */
import { foldWords, joinInitials } from './fold-words.ts'

/** These part names wherever they stand. */
const SEPARATORS = /[;；|、\n]/u
/** These part names where full names stand on both sides. */
const CONJUNCTIONS = /\s*(?:\/|,?\s+(?:&|and|und|et|with|mit|avec|as told to)\s+)\s*/iu
const CREDITS = /,?\s+(?:illustrated|translated|edited|adapted|retold)\s+by\s+/iu
const ROLE =
  /\s*[([](?:author|authors|editor|editors|ed\.?|eds\.?|illustrator|ill\.?|translator|trans\.?|tr\.?|introduction|foreword|narrator|contributor|photographer|autor|autorin|hrsg\.?|übersetzer|auteur)[)\]]/giu
const OTHERS = /,?\s+(?:et al\.?|u\.\s?a\.?|and others)$/iu
const LEADING_BY = /^by\s+/iu

/** What follows a name after a comma without being one. */
const SUFFIX =
  /^(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?\s?d|m\.?\s?a|b\.?\s?a|esq|obe|mbe|cbe|inc|ltd|llc|plc|gmbh|co|s\.?\s?j)\.?$/iu
const ORGANIZATION =
  /\b(?:inc|ltd|llc|plc|gmbh|corp|company|co|sons|bros|brothers|editors|press|publishing|publishers|publications|verlag|books|group|institute|university|college|school|society|association|department|ministry|committee|council|commission|museum|magazine|staff|foundation|academy|library|studios?|services|union|agency|orchestra)\b/iu
/** First words of surnames of several words. */
const PARTICLES = new Set(
  'von van der den ter ten de del della di da dos das du la le les el al bin ben mac st st. saint'.split(' '),
)
const INITIAL_AT_END = /\s\p{L}\.?$/u

const wordsOf = (name: string): string[] => name.split(/\s+/).filter(Boolean)
const isFullName = (name: string): boolean => wordsOf(name).length >= 2 && !ORGANIZATION.test(name)
const isFamilyName = (name: string): boolean => {
  const words = wordsOf(name)
  return words.length === 1 || PARTICLES.has(words[0]?.toLowerCase() ?? '')
}

/** The names between commas: a list of full names, or names with the family name first. */
const splitCommas = (text: string): string[] => {
  const parts: string[] = []
  for (const part of text.split(',').map(one => one.trim())) {
    const last = parts.at(-1)
    if (part === '') continue
    if (last !== undefined && SUFFIX.test(part)) parts[parts.length - 1] = `${last}, ${part}`
    else parts.push(part)
  }
  const [family = '', given = '', ...more] = parts
  if (parts.length < 2 || parts.some(part => ORGANIZATION.test(part) || /&|\band\b/iu.test(part)))
    return [text]
  if (
    more.length === 0 &&
    (isFamilyName(family) || INITIAL_AT_END.test(given) || wordsOf(given).length === 1)
  )
    return [givenFirst(family, given)]
  if (parts.every(isFullName)) return parts
  const arePairs = parts.length % 2 === 0 && parts.every((part, i) => i % 2 === 1 || isFamilyName(part))
  if (!arePairs) return [text]
  return parts.flatMap((part, i) => (i % 2 === 0 ? [givenFirst(part, parts[i + 1] ?? '')] : []))
}

/** "King, Jr." and "Martin Luther" make "Martin Luther King, Jr.". */
const givenFirst = (family: string, given: string): string => {
  const [name = '', suffix] = family.split(', ')
  const [first = '', after] = given.split(', ')
  return [`${first} ${name}`, suffix ?? after].filter(Boolean).join(', ')
}

const splitConjunctions = (text: string): string[] => {
  const parts = text.split(CONJUNCTIONS).map(part => part.trim().replace(/,$/, ''))
  const isList = parts.length > 1 && parts.every(isFullName)
  return isList ? parts.flatMap(splitCommas) : splitCommas(text)
}

/** The names in their order and natural form, given name first, each once; none for a blank line. */
export const authorNames = (line: string): string[] => {
  const names = line
    .split(SEPARATORS)
    .flatMap(part => part.split(CREDITS))
    .map(part => part.replace(ROLE, '').trim().replace(LEADING_BY, '').replace(OTHERS, '').trim())
    .flatMap(part =>
      /[,&/]|\s(?:and|und|et|with|mit|avec|as told to)\s/iu.test(part) ? splitConjunctions(part) : [part],
    )
    .map(name => name.trim())
  return names.filter((name, i) => name !== '' && names.indexOf(name) === i)
}

/** The folded words of a name, with its initials as one word however they were spelled. */
export const nameWords = (name: string, maxWords?: number): string[] =>
  joinInitials(foldWords(name, maxWords))

/** What all spellings of a name have in common: "J. R. R. Tolkien", "J.R.R. Tolkien" and "JRR Tolkien" are one author. */
export const authorKey = (name: string): string => nameWords(name).join(' ') || name.trim()
