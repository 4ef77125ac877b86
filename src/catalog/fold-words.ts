/** Text folding: turns text into the plain lower-case words by which books and queries are compared. */

/** Longer words are cut, in books and in queries alike. */
export const MAX_WORD_LENGTH = 32

/** Letters that are read as others and that Unicode does not split into a base letter and a mark. */
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
  ς: 'σ',
  // In Russian printed as often without its dots; other marks of Cyrillic make other letters.
  ё: 'е',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
}

const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u
const MARK = /^\p{M}$/u
const FORMAT = /^\p{Cf}$/u
const APOSTROPHES = "'`´‘’ʼ′＇"
/** Scripts whose accents are left out in search. In others a mark is a letter: a vowel sign, or what tells ハ from バ. */
const ACCENTED = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Arabic}]/u
/** Accents, Hebrew and Arabic vowel points, the Arabic stretcher, and variation selectors. */
const OPTIONAL_MARK =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]|[\ufe00-\ufe0f]/gu
/** Scripts written without spaces: each character is a word. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u

type Kind = 'letter' | 'unspaced' | 'mark' | 'nothing' | 'space'
type Folded = { readonly kind: Kind; readonly text: string }

const foldForeign = (character: string): Folded => {
  if (APOSTROPHES.includes(character) || FORMAT.test(character)) return { kind: 'nothing', text: '' }
  if (character.replace(OPTIONAL_MARK, '') === '') return { kind: 'nothing', text: '' }
  if (MARK.test(character)) return { kind: 'mark', text: character }
  if (!LETTER_OR_DIGIT.test(character)) return { kind: 'space', text: '' }
  if (UNSPACED.test(character)) return { kind: 'unspaced', text: character }
  const plain = ACCENTED.test(character) ? character.normalize('NFD').replace(OPTIONAL_MARK, '') : character
  return { kind: 'letter', text: FOLDED_LETTERS[plain] ?? plain }
}

/** What was found out about characters beyond ASCII, of which a catalogue has few different ones. */
const folded = new Map<string, Folded>()

const ASCII: readonly Folded[] = Array.from({ length: 128 }, (_, code): Folded => {
  const text = String.fromCharCode(code)
  if (/^[a-z0-9]$/.test(text)) return { kind: 'letter', text }
  return { kind: APOSTROPHES.includes(text) ? 'nothing' : 'space', text: '' }
})

const fold = (character: string): Folded => {
  const ascii = ASCII[character.charCodeAt(0)]
  if (ascii !== undefined) return ascii
  let known = folded.get(character)
  if (known === undefined) {
    known = foldForeign(character)
    folded.set(character, known)
  }
  return known
}

const isLetter = (character: string | undefined): boolean =>
  character !== undefined && fold(character).kind === 'letter'

/** The signs after a letter that belong to its word, as in C++, C# and A+; empty where they only separate words. */
const signsAt = (characters: ArrayLike<string>, at: number, word: string): string => {
  let end = at
  while (characters[end] === '+' || characters[end] === '#' || characters[end] === '♯') end++
  const signs = Array.from({ length: end - at }, (_, i) => (characters[at + i] === '+' ? '+' : '#')).join('')
  if (/\d$/.test(word) || signs.length > 2) return ''
  // C++20 is C++ in its version of 2020; but vitamin#1 is two words, and so is a+b.
  const isVersioned = word.length === 1 && signs !== '+' && /\d/.test(characters[end] ?? '')
  return isVersioned || !isLetter(characters[end]) ? signs : ''
}

/** Whether another initial with its full stop follows after spaces, as in "J. R. R. Tolkien". */
const isInitialAfter = (characters: ArrayLike<string>, at: number): boolean => {
  let next = at
  while (characters[next] === ' ') next++
  return isLetter(characters[next]) && characters[next + 1] === '.'
}

const isDotNet = (characters: ArrayLike<string>, at: number): boolean =>
  characters[at + 1] === 'n' &&
  characters[at + 2] === 'e' &&
  characters[at + 3] === 't' &&
  !isLetter(characters[at + 4])

/**
 * The words of a text, at most `maxWords`: lower case, accents and apostrophes dropped, `&` read as "and", initials with
 * full stops joined ("J. K." is "jk"), C++, C# and .NET kept whole, any other character that is not a letter or digit read as
 * a space. Accepts any string, also one with lone surrogates.
 */
export const foldWords = (text: string, maxWords = Number.POSITIVE_INFINITY): string[] => {
  const words: string[] = []
  let word = ''
  // Single letters that were each followed by a full stop.
  let initials = ''
  const push = (ended: string) => {
    if (ended !== '') words.push(isAscii ? ended : ended.normalize('NFKC'))
  }
  const endWord = () => {
    if (word.length === 1 && initials !== '') {
      initials += word
      word = ''
    }
    push(initials)
    push(word)
    word = ''
    initials = ''
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is exactly whether all of it is ASCII
  const isAscii = /^[\x00-\x7f]*$/.test(text)
  const characters = isAscii ? text.toLowerCase() : [...text.normalize('NFKC').toLowerCase()]
  for (let at = 0; at < characters.length; at++) {
    if (words.length >= maxWords) return words.slice(0, maxWords)
    const character = characters[at] ?? ''
    const { kind, text: plain } = fold(character)
    if (kind === 'letter') {
      if (word.length < MAX_WORD_LENGTH) word += plain
    } else if (kind === 'unspaced') {
      endWord()
      words.push(plain)
    } else if (kind === 'mark') {
      // After a character that is a word of its own, its mark is the end of that word.
      if (word !== '' && word.length < MAX_WORD_LENGTH) word += plain
      else if (word === '' && initials === '' && UNSPACED.test(characters[at - 1] ?? ''))
        words.push(`${words.pop() ?? ''}${plain}`)
    } else if (character === '.' && isDotNet(characters, at)) {
      endWord()
      word = '.'
    } else if (character === '.' && word.length === 1 && initials.length < MAX_WORD_LENGTH) {
      initials += word
      word = ''
    } else if (character === '&') {
      endWord()
      words.push('and')
    } else if ((character === '+' || character === '#' || character === '♯') && word !== '') {
      const signs = signsAt(characters, at, word)
      word += signs
      at += Math.max(0, signs.length - 1)
      endWord()
    } else if (kind === 'space') {
      if (initials === '' || word !== '' || !isInitialAfter(characters, at)) endWord()
    }
  }
  endWord()
  return words.length > maxWords ? words.slice(0, maxWords) : words
}

const SINGLE_LETTER = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u

/** Joins single letters that follow each other where `isOne` agrees, as initials without full stops: "j r r" is "jrr". */
export const joinInitials = (
  words: readonly string[],
  isOne: (joined: string) => boolean = () => true,
): string[] => {
  if (words.every(word => word.length > 1)) return [...words]
  const joined: string[] = []
  for (let at = 0; at < words.length; ) {
    let end = at
    while (SINGLE_LETTER.test(words[end] ?? '')) end++
    const initials = words.slice(at, end).join('')
    const isJoined = end - at > 1 && isOne(initials)
    joined.push(...(isJoined ? [initials] : words.slice(at, Math.max(end, at + 1))))
    at = Math.max(end, at + 1)
  }
  return joined
}

/** The words of a text that has no letters and digits, such as the title "!!!": its signs as one word. */
export const signWords = (text: string): string[] => {
  const signs = text
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}\s]/gu, '')
    .slice(0, MAX_WORD_LENGTH)
    .toWellFormed()
  return signs === '' ? [] : [signs]
}
