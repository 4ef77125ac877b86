/** The categories as shelves with addresses. */
import { listCategories } from '#src/catalog/api.ts'
import { slugOf } from '#src/core/slug.ts'
import type { Visit } from './visit.ts'

export type Category = { readonly name: string; readonly count: number; readonly path: string }

const segmentOf = (name: string): string => encodeURIComponent(slugOf(name) || name)

/** Gives each name its address; where two would share one, the smaller shelf keeps its name as it is. */
export const shelvesOf = (
  categories: readonly { readonly category: string; readonly count: number }[],
): Category[] => {
  const taken = new Set<string>()
  return categories.map(({ category, count }) => {
    const slug = segmentOf(category)
    const segment = taken.has(slug) ? encodeURIComponent(category) : slug
    taken.add(segment)
    return { name: category, count, path: `/category/${segment}` }
  })
}

/** A page and its frame ask for the shelves at once. */
const asked = new WeakMap<Visit, Promise<readonly Category[]>>()

/** The shelves of the shop, the fullest first; none while the shop cannot tell. */
export const readShelves = (visit: Visit): Promise<readonly Category[]> => {
  const shelves =
    asked.get(visit) ??
    visit.read(listCategories, {}).then(
      ({ items }) => shelvesOf(items),
      () => [],
    )
  asked.set(visit, shelves)
  return shelves
}

/** The shelf of this address, which may also be the category's very name. */
export const findShelf = (shelves: readonly Category[], segment: string): Category | undefined =>
  shelves.find(shelf => shelf.path === `/category/${encodeURIComponent(segment)}`) ??
  shelves.find(shelf => shelf.name === segment)
