/** Text folding: turns text into the plain lower-case words by which books and queries are compared. */

/** Longer words are cut, in books and in queries alike. */
export const MAX_WORD_LENGTH = 32

/** Letters that Unicode normalization does not split into a base letter and a mark. */
const FOLDED_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'ng',
}

const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u
const MARK = /^\p{M}$/u
const APOSTROPHES = "'`´‘’ʼ′＇"
/** Scripts written without spaces: each character is a word. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u

const isAsciiWordCode = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57)

/**
 * The words of a text, at most `maxWords`: lower case, accents and apostrophes dropped, `&` read as "and", initials with
 * full stops joined ("J.K." is "jk"), any other character that is not a letter or digit read as a space. Accepts any
 * string, also one with lone surrogates.
 */
export const foldWords = (text: string, maxWords = Number.POSITIVE_INFINITY): string[] => {
  const words: string[] = []
  let word = ''
  // Single letters that were each followed by a full stop.
  let initials = ''
  const endWord = () => {
    if (word.length === 1 && initials !== '') {
      initials += word
      word = ''
    }
    if (initials !== '') words.push(initials)
    if (word !== '') words.push(word)
    word = ''
    initials = ''
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is exactly whether all of it is ASCII
  const isAscii = /^[\x00-\x7f]*$/.test(text)
  for (const character of isAscii ? text.toLowerCase() : text.normalize('NFKD').toLowerCase()) {
    if (words.length >= maxWords) return words.slice(0, maxWords)
    const code = character.charCodeAt(0)
    if (code < 128 ? isAsciiWordCode(code) : LETTER_OR_DIGIT.test(character)) {
      if (code >= 128 && UNSPACED.test(character)) {
        endWord()
        words.push(character)
        continue
      }
      if (word.length < MAX_WORD_LENGTH)
        word += code < 128 ? character : (FOLDED_LETTERS[character] ?? character)
    } else if (character === '.' && word.length === 1 && initials.length < MAX_WORD_LENGTH) {
      initials += word
      word = ''
    } else if (character === '&') {
      endWord()
      words.push('and')
    } else if (!APOSTROPHES.includes(character) && !(code >= 128 && MARK.test(character))) {
      endWord()
    }
  }
  endWord()
  return words.length > maxWords ? words.slice(0, maxWords) : words
}
