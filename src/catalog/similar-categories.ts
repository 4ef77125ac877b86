/** Categories whose names differ only in case, spacing, punctuation or plural: most likely one category in two spellings. */

const SPELLED_OUT: readonly (readonly [RegExp, string])[] = [
  [/\s*[&+]\s*/g, ' and '],
  [/['’]/g, ''],
]

/** The singular of an English word as far as spelling tells; only for comparing. */
const singular = (word: string): string => {
  if (word.length <= 3 || /(?:ss|us|is)$/.test(word)) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ses|xes|zes|ches|shes)$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') ? word.slice(0, -1) : word
}

/** What names of one category in several spellings have in common. */
const comparableName = (name: string): string => {
  let text = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  for (const [pattern, replacement] of SPELLED_OUT) text = text.replace(pattern, replacement)
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(word => word !== '')
  // A name without letters and digits is like no other.
  return words.length === 0 ? name : words.map(singular).join('')
}

export type SimilarNames = {
  /** Adds a name; returns the names that were added before, are like it, and are not the same. */
  readonly add: (name: string) => readonly string[]
  /** All names that are like another one, in groups. */
  readonly groups: () => readonly (readonly string[])[]
}

export const createSimilarNames = (): SimilarNames => {
  const byName = new Map<string, string[]>()
  return {
    add: name => {
      const key = comparableName(name)
      const alike = byName.get(key) ?? []
      const others = alike.filter(one => one !== name)
      if (others.length === alike.length) byName.set(key, [...alike, name])
      return others
    },
    groups: () => [...byName.values()].filter(names => names.length > 1),
  }
}
