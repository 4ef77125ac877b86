/** Shortens text to a length in UTF-16 code units, which never ends inside a character. */

/** Longest character that is kept whole: combining marks can make one as long as the text. */
const MAX_CHARACTER = 64
let segmenter: Intl.Segmenter | undefined

/** The start of `text` that fits into `max` code units, cut between characters as a reader sees them. */
export const truncate = (text: string, max: number): string => {
  if (text.length <= max) return text
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  const start = text.slice(0, max + MAX_CHARACTER)
  const cut = segmenter.segment(start).containing(max)?.index ?? 0
  if (cut > max - MAX_CHARACTER && cut > 0) return text.slice(0, cut)
  return text.slice(0, /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max)
}

/** The same for sentences: cut between words where there are some, and ends with an ellipsis. At most `max` code units. */
export const truncateWords = (text: string, max: number): string => {
  if (text.length <= max) return text
  const fitting = truncate(text, max - 1)
  const words = /^\s/.test(text.slice(fitting.length)) ? fitting : fitting.replace(/\s+\S*$/, '')
  // Without blanks, as in Japanese, or behind one long word, any character may be the last.
  const start = words.length > max / 2 ? words : fitting
  return `${start.replace(/[\s,;:.!?–—-]+$/u, '')}…`
}
