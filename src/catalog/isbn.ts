/** ISBN parser: reads International Standard Book Numbers in any spelling (ISO 2108) and writes them as 13 digits. */

const MAX_LENGTH = 40
const THIRTEEN = /^97[89]\d{10}$/

/** Check digit of an ISBN-13: the weighted digit sum modulo 10. */
const checkDigit13 = (first12: string): string => {
  let sum = 0
  for (let i = 0; i < 12; i++) sum += (first12.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3)
  return String((10 - (sum % 10)) % 10)
}

/** Check digit of an ISBN-10: the weighted digit sum modulo 11, with X for ten. */
const checkDigit10 = (first9: string): string => {
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (first9.charCodeAt(i) - 48) * (10 - i)
  const digit = (11 - (sum % 11)) % 11
  return digit === 10 ? 'X' : String(digit)
}

/**
 * The digits (and a final `X`) of a text that is nothing but an ISBN or a prefix of one: hyphens of all kinds, spaces, dots
 * and a leading `ISBN`, `ISBN-13:` or the like are dropped. Undefined for any other text.
 */
export const isbnDigits = (text: string): string | undefined => {
  if (text.length > MAX_LENGTH) return undefined
  const bare = text
    .trim()
    .replace(/^isbn(?:[- ]?1[03])?[: ]*(?=[\d])/i, '')
    .replace(/[\s.\u00AD\u2010-\u2015\u2212-]/g, '')
  return /^\d+[xX]?$/.test(bare) ? bare.toUpperCase() : undefined
}

/** The ISBN-13 (13 digits) of an ISBN-10 or ISBN-13 in any spelling; undefined when it is not valid. */
export const normalizeIsbn = (text: string): string | undefined => {
  // Most have no hyphens, so there is nothing to drop.
  const digits = THIRTEEN.test(text) ? text : isbnDigits(text)
  if (digits === undefined) return undefined
  if (THIRTEEN.test(digits)) return checkDigit13(digits) === digits[12] ? digits : undefined
  if (digits.length === 10) {
    if (checkDigit10(digits) !== digits[9]) return undefined
    const first12 = `978${digits.slice(0, 9)}`
    return first12 + checkDigit13(first12)
  }
  return undefined
}

/** One to three marks between the digits of an ISBN, or none. */
const BETWEEN_DIGITS = '[\\s.\\u00AD\\u2010-\\u2015\\u2212-]{0,3}'
const ISBN_IN_TEXT = new RegExp(
  `(?<!\\d)(?=((?:97[89]${BETWEEN_DIGITS}(?:\\d${BETWEEN_DIGITS}){9}\\d|(?:\\d${BETWEEN_DIGITS}){9}[\\dX])(?![\\dX])))`,
  'giu',
)

/** The ISBN-13s of all valid ISBNs in a text, whatever surrounds them: "ISBN 0-13-110362-8 (pbk.)", an address, a list. */
export const isbnsIn = (text: string): string[] => {
  const plain = text.normalize('NFKC').replace(/\p{Cf}/gu, '')
  const found = [...plain.matchAll(ISBN_IN_TEXT)].flatMap(([, isbn = '']) => normalizeIsbn(isbn) ?? [])
  return [...new Set(found)]
}

/** The ISBN-10 of a normalized ISBN-13; undefined for one that begins with 979, which has none. */
export const isbn10 = (isbn13: string): string | undefined => {
  if (!isbn13.startsWith('978')) return undefined
  const first9 = isbn13.slice(3, 12)
  return first9 + checkDigit10(first9)
}

/** The plain spellings of a normalized ISBN-13, thirteen digits first, then ten where they exist. */
export const isbnSpellings = (isbn13: string): string[] => {
  const ten = isbn10(isbn13)
  return ten === undefined ? [isbn13] : [isbn13, ten]
}

/** Whether the digits go up or down by one, as in 123456789. */
const isRun = (digits: string, step: number): boolean =>
  [...digits].every((digit, i) => i === 0 || (Number(digits[i - 1]) + step + 10) % 10 === Number(digit))

/**
 * Whether a normalized ISBN-13 is one that people type where a book has none: 0000000000, 1111111111, 123456789X. Such numbers
 * have valid check digits, but say nothing about which book it is.
 */
export const isPlaceholderIsbn = (isbn13: string): boolean => {
  const first9 = isbn13.slice(3, 12)
  return [0, 1, -1].some(step => isRun(first9, step))
}
