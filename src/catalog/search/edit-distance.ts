/** Weighted edit distance between a typed word and a dictionary word, in tenths of a typo, with an early exit. */

/** Cost of one plain typo: a wrong, missing or extra letter. */
export const TYPO = 10
/** Returned when two words are further apart than the limit. */
export const TOO_FAR = 1000

const SWAP = 9
const SIMILAR_SOUND = 6
const DOUBLED = 6
const MAX_LENGTH = 40

const SIMILAR_SOUNDS = ['aeiouy', 'ckqs', 'szcx', 'vwf', 'gj', 'mn', 'dt', 'bp']

/** Cost of letter b in the place of letter a, for codes below 128. */
const SUBSTITUTION_COSTS = (() => {
  const costs = new Uint8Array(128 * 128).fill(TYPO)
  for (const group of SIMILAR_SOUNDS) {
    for (const a of group) {
      for (const b of group) costs[a.charCodeAt(0) * 128 + b.charCodeAt(0)] = SIMILAR_SOUND
    }
  }
  for (let code = 0; code < 128; code++) costs[code * 128 + code] = 0
  return costs
})()

const substitutionCost = (a: number, b: number): number => {
  if (a === b) return 0
  return a < 128 && b < 128 ? (SUBSTITUTION_COSTS[a * 128 + b] ?? TYPO) : TYPO
}

const LETTER_H = 104

/** An extra letter is a smaller typo when it repeats the one before it, or is an h. */
const gapCost = (letter: number, before: number): number =>
  letter === before || letter === LETTER_H ? DOUBLED : TYPO

// Rows of the table, reused by every call: a search computes thousands of distances.
let twoAbove = new Int32Array(MAX_LENGTH + 1)
let above = new Int32Array(MAX_LENGTH + 1)
let row = new Int32Array(MAX_LENGTH + 1)
const typedCodes = new Uint16Array(MAX_LENGTH)
const wordCodes = new Uint16Array(MAX_LENGTH)

/**
 * Distance in tenths of a typo (Damerau-Levenshtein): letters substituted, missing, extra or swapped, less for letters
 * that sound similar. With `asPrefix` the rest of the word is free. Returns `TOO_FAR` beyond `limit`, which also bounds
 * the band of the table that is computed.
 */
export const editDistance = (typed: string, word: string, limit: number, asPrefix = false): number => {
  const n = Math.min(typed.length, MAX_LENGTH)
  const m = Math.min(word.length, MAX_LENGTH)
  const band = Math.floor(limit / DOUBLED)
  if (n - m > band || (!asPrefix && m - n > band)) return TOO_FAR
  const width = Math.min(m, n + band)
  for (let i = 0; i < n; i++) typedCodes[i] = typed.charCodeAt(i)
  above[0] = 0
  for (let j = 0; j < width; j++) {
    const code = word.charCodeAt(j)
    wordCodes[j] = code
    above[j + 1] = (above[j] ?? 0) + gapCost(code, wordCodes[j - 1] ?? 0)
  }
  for (let i = 1; i <= n; i++) {
    const letter = typedCodes[i - 1] ?? 0
    const letterBefore = typedCodes[i - 2] ?? 0
    const dropLetter = gapCost(letter, letterBefore)
    row[0] = (above[0] ?? 0) + dropLetter
    const from = Math.max(1, i - band)
    const to = Math.min(width, i + band)
    if (from > 1) row[from - 1] = TOO_FAR
    let least: number = from > 1 ? TOO_FAR : (row[0] ?? TOO_FAR)
    for (let j = from; j <= to; j++) {
      const code = wordCodes[j - 1] ?? 0
      const codeBefore = wordCodes[j - 2] ?? 0
      let best = (above[j - 1] ?? 0) + substitutionCost(letter, code)
      if (j < i + band || i === 1) best = Math.min(best, (above[j] ?? 0) + dropLetter)
      if (j > from || from === 1) best = Math.min(best, (row[j - 1] ?? 0) + gapCost(code, codeBefore))
      if (i > 1 && j > 1 && letter === codeBefore && letterBefore === code && letter !== code) {
        best = Math.min(best, (twoAbove[j - 2] ?? 0) + SWAP)
      }
      row[j] = best
      if (best < least) least = best
    }
    for (let j = to + 1; j <= width; j++) row[j] = TOO_FAR
    if (least > limit) return TOO_FAR
    const spare = twoAbove
    twoAbove = above
    above = row
    row = spare
  }
  let distance = TOO_FAR
  if (!asPrefix) distance = width === m ? (above[m] ?? TOO_FAR) : TOO_FAR
  // Cells outside the band still hold values of an earlier word.
  else for (let j = Math.max(0, n - band); j <= width; j++) distance = Math.min(distance, above[j] ?? TOO_FAR)
  return distance > limit ? TOO_FAR : distance
}
