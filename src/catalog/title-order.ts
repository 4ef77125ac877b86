/** Order of titles: without their leading article, with numbers as numbers, and the volumes of a series one after another. */
import { foldWords } from './fold-words.ts'
import { numberOf } from './numerals.ts'
import { titleParts } from './title-parts.ts'

/** Leading articles by language (ISO 639-1). Those of an unknown language are taken for English, where "Die" is no article. */
const ARTICLES: Readonly<Record<string, RegExp>> = {
  en: /^(?:the|an?)\s+/i,
  de: /^(?:der|die|das|den|dem|ein|eine)\s+/i,
  fr: /^(?:(?:le|la|les|une?|des)\s+|l['’]\s*)/i,
  es: /^(?:el|la|los|las|lo|una?|unos|unas)\s+/i,
  it: /^(?:(?:il|lo|la|i|gli|le|un|uno|una)\s+|(?:l|un)['’]\s*)/i,
  pt: /^(?:os?|as?|uma?|uns|umas)\s+/i,
  nl: /^(?:de|het|een)\s+/i,
  da: /^(?:den|det|de|en|et)\s+/i,
  sv: /^(?:den|det|de|en|ett)\s+/i,
  no: /^(?:den|det|de|en|ei|et)\s+/i,
}
/** Other codes and names of these languages, by their first letters. */
const LANGUAGES: Readonly<Record<string, string>> = {
  eng: 'en',
  ger: 'de',
  deu: 'de',
  fre: 'fr',
  fra: 'fr',
  spa: 'es',
  esp: 'es',
  ita: 'it',
  por: 'pt',
  dut: 'nl',
  nld: 'nl',
  dan: 'da',
  swe: 'sv',
  nor: 'no',
  nb: 'no',
  nn: 'no',
}
const DIGITS = 10

const articleOf = (language = 'en'): RegExp => {
  const code = language.toLowerCase().match(/^[a-z]+/)?.[0] ?? ''
  return ARTICLES[LANGUAGES[code] ?? LANGUAGES[code.slice(0, 3)] ?? code] ?? /^(?!)/
}

/** Text by which titles are sorted; compares right by code unit. */
export const titleSortKey = (title: string, language?: string): string => {
  const rest = title
    .trim()
    .replace(/^["'“”‘’«»„¿¡([]+\s*/, '')
    .replace(articleOf(language), '')
  // The words of "2.5" sort between 2 and 3.
  const words = foldWords(rest.replace(/(\d)\.(?=\d)/g, '$1 '))
  if (words.length === 0) return title.trim().toLowerCase()
  return words.map(word => (/^\d+$/.test(word) ? word.padStart(DIGITS, '0') : word)).join(' ')
}

/** The series that a book belongs to, folded, and its number there. */
export type Volume = { readonly series: string; readonly number: number }

/** Words before the number of a volume, at the end of what precedes it, or joined to it as in "Vol.2". */
const VOLUME_WORD = /[\s,:;–-]*(?:#|\b(?:vol(?:ume)?|book|part|no)\b\.?)?\s*$/iu
const JOINED_VOLUME_WORD = /^(?:vol|no)\.(?=\d)/iu

/** Reads "Title (Series, #2)", "Series, Volume 2", "Series IV"; undefined for a title without a number at its end. */
export const volumeOf = (title: string): Volume | undefined => {
  const { main, series } = titleParts(title)
  const [text = ''] = (series || main).split(';')
  const trimmed = text.trim()
  const at = Math.max(trimmed.lastIndexOf(' '), trimmed.lastIndexOf('#'))
  const numeral = trimmed.slice(at + 1).replace(JOINED_VOLUME_WORD, '')
  const number = /^\d+(?:\.\d+)?$/.test(numeral) ? Number(numeral) : numberOf(numeral.toLowerCase())
  if (number === undefined || at < 0) return undefined
  const name = foldWords(trimmed.slice(0, at + 1).replace(VOLUME_WORD, '')).join(' ')
  return name === '' ? undefined : { series: name, number }
}
