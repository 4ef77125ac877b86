/** Numerals of small numbers: a volume is called 4, IV or Four, and searched by any of them. */

const WRITTEN =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  )
const MAX_NUMBER = 30
/** Words before the number of a volume. */
const VOLUME_WORDS = new Set('volume vol book part number no season episode'.split(' '))

const toRoman = (number: number): string =>
  'x'.repeat(Math.floor(number / 10)) +
  (['', 'i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix'][number % 10] ?? '')

const numbers = new Map<string, number>()
const forms = Array.from({ length: MAX_NUMBER + 1 }, (_, number): string[] => {
  if (number === 0) return []
  const written = WRITTEN[number - 1]
  const all = [
    String(number),
    String(number).padStart(2, '0'),
    toRoman(number),
    ...(written ? [written] : []),
  ]
  for (const form of all) numbers.set(form, number)
  return [...new Set(all)]
})

/** The number from 1 to 30 that a folded word is in any numeral; undefined for any other word. */
export const numberOf = (word: string): number | undefined => numbers.get(word)

/**
 * The other numerals of a word that is a number. A written number and a single roman letter count only where the number of a
 * volume stands, at the end or after "volume": "I, Robot" is about no volume.
 */
export const numeralsFor = (word: string, before: string | undefined, isLast: boolean): readonly string[] => {
  const number = numbers.get(word)
  if (number === undefined) return []
  const isPlain = /^\d/.test(word) || (word.length > 1 && /^[ivx]+$/.test(word))
  const isVolume = before !== undefined && (isLast || VOLUME_WORDS.has(before))
  return isPlain || isVolume ? (forms[number] ?? []).filter(form => form !== word) : []
}
