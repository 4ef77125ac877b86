/** How many slips of finger or ear lie between two words, counted in tenths and given up on early. */

/** Cost of one plain slip: a wrong, missing or added letter. */
export const slip = 10
/** Returned when two words are further apart than asked. */
export const tooFar = 1000

const swapped = 9
const soundsAlike = 6
const doubled = 6
const maxLength = 40

const likeSounds = ['aeiouy', 'ckqs', 'szcx', 'vwf', 'gj', 'mn', 'dt', 'bp']

/** Cost of reading letter b for letter a, for codes below 128. */
const substitution = (() => {
  const costs = new Uint8Array(128 * 128).fill(slip)
  for (const group of likeSounds) {
    for (const a of group) {
      for (const b of group) costs[a.charCodeAt(0) * 128 + b.charCodeAt(0)] = soundsAlike
    }
  }
  for (let code = 0; code < 128; code++) costs[code * 128 + code] = 0
  return costs
})()

function substitutionCost(a: number, b: number): number {
  if (a === b) return 0
  return a < 128 && b < 128 ? (substitution[a * 128 + b] ?? slip) : slip
}

const letterH = 104

/** A letter typed twice, or an h, is a smaller slip than any other letter too many. */
function gapCost(letter: number, before: number): number {
  return letter === before || letter === letterH ? doubled : slip
}

let twoAbove = new Int32Array(maxLength + 1)
let above = new Int32Array(maxLength + 1)
let row = new Int32Array(maxLength + 1)
const typedCodes = new Uint16Array(maxLength)
const wordCodes = new Uint16Array(maxLength)

/**
 * Distance in tenths between what was typed and a word: letters exchanged, missing, added or swapped, less for
 * letters that sound alike. With `asPrefix` the rest of the word is free. `tooFar` beyond `limit`.
 */
export function editDistance(typed: string, word: string, limit: number, asPrefix = false): number {
  const n = Math.min(typed.length, maxLength)
  const m = Math.min(word.length, maxLength)
  const band = Math.floor(limit / doubled)
  if (n - m > band || (!asPrefix && m - n > band)) return tooFar
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
    if (from > 1) row[from - 1] = tooFar
    let least: number = from > 1 ? tooFar : (row[0] ?? tooFar)
    for (let j = from; j <= to; j++) {
      const code = wordCodes[j - 1] ?? 0
      const codeBefore = wordCodes[j - 2] ?? 0
      let best = (above[j - 1] ?? 0) + substitutionCost(letter, code)
      if (j < i + band || i === 1) best = Math.min(best, (above[j] ?? 0) + dropLetter)
      if (j > from || from === 1) best = Math.min(best, (row[j - 1] ?? 0) + gapCost(code, codeBefore))
      if (i > 1 && j > 1 && letter === codeBefore && letterBefore === code && letter !== code) {
        best = Math.min(best, (twoAbove[j - 2] ?? 0) + swapped)
      }
      row[j] = best
      if (best < least) least = best
    }
    for (let j = to + 1; j <= width; j++) row[j] = tooFar
    if (least > limit) return tooFar
    const spare = twoAbove
    twoAbove = above
    above = row
    row = spare
  }
  let distance = tooFar
  if (!asPrefix) distance = width === m ? (above[m] ?? tooFar) : tooFar
  // Cells outside the band hold what an earlier word left there.
  else for (let j = Math.max(0, n - band); j <= width; j++) distance = Math.min(distance, above[j] ?? tooFar)
  return distance > limit ? tooFar : distance
}
