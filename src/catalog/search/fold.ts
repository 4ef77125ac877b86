/** Folds text into the plain lower-case words that both books and queries are compared by. */

/** Longer words are cut, in books and in queries alike. */
export const maxWordLength = 32

/** Letters that Unicode does not take apart into a base letter and a mark. */
const foldedLetters: Readonly<Record<string, string>> = {
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

const letterOrDigit = /^[\p{L}\p{N}]$/u
const mark = /^\p{M}$/u
const apostrophes = "'`´‘’ʼ′＇"
/** Scripts written without blanks: each sign is a word. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u

function isAsciiWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
}

/**
 * The words of a text: lower case, accents and apostrophes dropped, `&` read as "and", initials with full stops
 * joined ("J.K." is "jk"), everything else that is no letter or digit a gap. Accepts any string, lone surrogates too.
 */
export function foldWords(text: string, maxWords = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = []
  let word = ''
  // Single letters that each had a full stop after them.
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
  const ascii = /^[\x00-\x7f]*$/.test(text)
  for (const sign of ascii ? text.toLowerCase() : text.normalize('NFKD').toLowerCase()) {
    if (words.length >= maxWords) return words.slice(0, maxWords)
    const code = sign.charCodeAt(0)
    if (code < 128 ? isAsciiWordCode(code) : letterOrDigit.test(sign)) {
      if (code >= 128 && unspaced.test(sign)) {
        endWord()
        words.push(sign)
        continue
      }
      if (word.length < maxWordLength) word += code < 128 ? sign : (foldedLetters[sign] ?? sign)
    } else if (sign === '.' && word.length === 1 && initials.length < maxWordLength) {
      initials += word
      word = ''
    } else if (sign === '&') {
      endWord()
      words.push('and')
    } else if (!apostrophes.includes(sign) && !(code >= 128 && mark.test(sign))) {
      endWord()
    }
  }
  endWord()
  return words.length > maxWords ? words.slice(0, maxWords) : words
}
