/** Seeded typing errors as shoppers make them. */

import { pick, type Random } from './random.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
export const STOP_WORDS = new Set(['the', 'a', 'an', 'of', 'and', 'in', 'to', 'with', 'on', 'at', 'for'])

/** Replaces, drops, adds or swaps one letter of a word with at least four letters. */
export const addTypo = (random: Random, words: readonly string[], fewest = 4): string[] => {
  const long = words.flatMap((word, i) => (word.length >= fewest ? [i] : []))
  if (long.length === 0) return [...words]
  const at = pick(random, long)
  const word = words[at] ?? ''
  const i = Math.floor(random() * (word.length - 1)) + (random() < 0.9 ? 1 : 0)
  const letter = pick(random, [...LETTERS])
  const slips = [
    word.slice(0, i) + letter + word.slice(i + 1),
    word.slice(0, i) + word.slice(i + 1),
    word.slice(0, i) + letter + word.slice(i),
    word.slice(0, i - 1) + (word[i] ?? '') + (word[i - 1] ?? '') + word.slice(i + 1),
  ]
  return words.map((other, j) => (j === at ? pick(random, slips) : other))
}

const SOUND_RULES: readonly (readonly [RegExp, string])[] = [
  [/ight/, 'ite'],
  [/ph/, 'f'],
  [/ck/, 'k'],
  [/c(?=[aourl])/, 'k'],
  [/(?<=[a-z])k/, 'c'],
  [/(?<=[a-z])s/, 'z'],
  [/(?<=[a-z])i/, 'y'],
  [/er/, 'or'],
  [/ey\b/, 'ei'],
  [/(?<=[a-z])v/, 'w'],
  [/ea/, 'ee'],
  [/or/, 'er'],
  [/ie/, 'ei'],
  [/ou/, 'u'],
]

/** Spells one or two places as they might sound. */
export const spellPhonetically = (random: Random, text: string): string | undefined => {
  const fitting = SOUND_RULES.filter(([pattern]) => pattern.test(text))
  if (fitting.length === 0) return undefined
  let heard = text
  for (let i = 0; i < (random() < 0.5 ? 1 : 2); i++) {
    const [pattern, sound] = pick(random, fitting)
    heard = heard.replace(pattern, sound)
  }
  return heard === text ? undefined : heard
}

/** The beginning of a title, cut inside its last word. */
export const cutTitle = (random: Random, words: readonly string[]): string[] => {
  const whole = Math.floor(random() * Math.min(words.length, 5))
  const next = words[whole] ?? ''
  return [...words.slice(0, whole), next.slice(0, 1 + Math.floor(random() * Math.max(1, next.length - 1)))]
}
