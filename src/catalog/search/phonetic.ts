/** Phonetic key of a word in English: words that may be misheard for each other share it. */

const VOWELS = 'aeiouy'
const SAME_SOUND: Readonly<Record<string, string>> = { q: 'k', z: 's', v: 'f', w: 'f', x: 'ks', j: 'g' }

/**
 * The consonants of a folded word as classes of sound, vowels only as a mark at the beginning: "midnite" and
 * "midnight" are both "mdnt". Letters outside a to z stand for themselves.
 */
export const phoneticKey = (word: string): string => {
  let key = ''
  for (let i = 0; i < word.length; i++) {
    const letter = word[i] ?? ''
    const next = word[i + 1] ?? ''
    let sound = SAME_SOUND[letter] ?? letter
    if (VOWELS.includes(letter)) sound = i === 0 ? 'a' : ''
    else if (letter === 'h') sound = i === 0 ? 'h' : ''
    else if (letter === 'g' && next === 'h') sound = i === 0 ? 'g' : ''
    else if (letter === 'p' && next === 'h') sound = 'f'
    else if (letter === 'k' && next === 'n' && i === 0) sound = ''
    else if (letter === 'w' && next === 'r' && i === 0) sound = ''
    else if (letter === 'c') sound = next !== '' && 'eiy'.includes(next) ? 's' : 'k'
    if (!key.endsWith(sound) || sound === '') key += sound
  }
  return key
}
