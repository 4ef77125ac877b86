/** Reads International Standard Book Numbers in any spelling and writes them in one. */

const maxSpelling = 40
const thirteen = /^97[89]\d{10}$/

/** Weighted digit sum of an ISBN-13 without its last digit, turned into that digit. */
function checkDigit13(first12: string): string {
  let sum = 0
  for (let i = 0; i < 12; i++) sum += (first12.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3)
  return String((10 - (sum % 10)) % 10)
}

/** Weighted digit sum modulo 11 of an ISBN-10 without its last digit; ten is written X. */
function checkDigit10(first9: string): string {
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (first9.charCodeAt(i) - 48) * (10 - i)
  const digit = (11 - (sum % 11)) % 11
  return digit === 10 ? 'X' : String(digit)
}

/**
 * The digits (and a closing `X`) of a text that holds nothing but an ISBN or the beginning of one: hyphens of all
 * kinds, blanks, dots and a leading `ISBN`, `ISBN-13:` or the like are dropped. Undefined for any other text.
 */
export function isbnDigits(text: string): string | undefined {
  if (text.length > maxSpelling) return undefined
  const bare = text
    .trim()
    .replace(/^isbn(?:[- ]?1[03])?[: ]*(?=[\d])/i, '')
    .replace(/[\s.\u00AD\u2010-\u2015\u2212-]/g, '')
  return /^\d+[xX]?$/.test(bare) ? bare.toUpperCase() : undefined
}

/** The ISBN-13 (13 digits) that an ISBN-10 or ISBN-13 in any spelling means; undefined when it is no valid one. */
export function normalizeIsbn(text: string): string | undefined {
  // Most are written plainly: no need to look for anything to drop.
  const digits = thirteen.test(text) ? text : isbnDigits(text)
  if (digits === undefined) return undefined
  if (thirteen.test(digits)) return checkDigit13(digits) === digits[12] ? digits : undefined
  if (digits.length === 10) {
    if (checkDigit10(digits) !== digits[9]) return undefined
    const first12 = `978${digits.slice(0, 9)}`
    return first12 + checkDigit13(first12)
  }
  return undefined
}

/** The ISBN-10 of a normalized ISBN-13; undefined for one that begins with 979, which has none. */
export function isbn10(isbn13: string): string | undefined {
  if (!isbn13.startsWith('978')) return undefined
  const first9 = isbn13.slice(3, 12)
  return first9 + checkDigit10(first9)
}

/** The plain spellings of a normalized ISBN-13, thirteen digits first, then ten where they exist. */
export function isbnSpellings(isbn13: string): string[] {
  const ten = isbn10(isbn13)
  return ten === undefined ? [isbn13] : [isbn13, ten]
}
