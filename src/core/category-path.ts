/**
 * Addresses of categories. Two categories may have the same slug ("Fiction" and "fiction"), or none ("???"), so each also has an
 * address that no other one has: its slug with a hash of its exact name. It leads to the category forever.
 */
import { slugify } from './slug.ts'

/** FNV-1a, 32 bits: for a handful of names that look alike, and available in browsers. */
const shortHash = (text: string): string => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(36).padStart(7, '0')
}

/** The part of the path that only the category with exactly this name has: `fiction-0k3x9z1`. */
export const uniqueSegment = (name: string): string => {
  const slug = slugify(name)
  return slug === '' ? shortHash(name) : `${slug}-${shortHash(name)}`
}

/** The address of a category where nothing is known of the others; it redirects to the shortest one. */
export const uniqueCategoryPath = (name: string): string =>
  `/category/${encodeURIComponent(uniqueSegment(name))}`

/** Whether this part of a path may mean the category, by one of its addresses. */
export const isSegmentOf = (segment: string, name: string): boolean =>
  segment === name || segment === uniqueSegment(name) || segment === slugify(name)

/**
 * The part of the path of each category. They come with the largest first: of those with one slug it keeps it, as it had it before
 * the others came, and the others have their unique one.
 */
export const categorySegments = (names: readonly string[]): Map<string, string> => {
  const segments = new Map<string, string>()
  const taken = new Set(names.map(uniqueSegment))
  for (const name of names) {
    const slug = slugify(name)
    const segment = slug === '' || taken.has(slug) ? uniqueSegment(name) : slug
    taken.add(segment)
    segments.set(name, segment)
  }
  return segments
}
