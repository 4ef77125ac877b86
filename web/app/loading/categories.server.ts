/** The categories as shelves with addresses. */
import { listCategories } from '#src/catalog/api.ts'
import { slugify } from '#src/core/slug.ts'
import type { PageContext } from './page-context.ts'

export type Category = { readonly name: string; readonly count: number; readonly path: string }

const toSegment = (name: string): string => encodeURIComponent(slugify(name) || name)

/** Gives each name its address; where two would share one, the smaller shelf keeps its name as it is. */
export const withPaths = (
  categories: readonly { readonly category: string; readonly count: number }[],
): Category[] => {
  const taken = new Set<string>()
  return categories.map(({ category, count }) => {
    const slug = toSegment(category)
    const segment = taken.has(slug) ? encodeURIComponent(category) : slug
    taken.add(segment)
    return { name: category, count, path: `/category/${segment}` }
  })
}

/** A page and its frame ask for the shelves at once. */
const pending = new WeakMap<PageContext, Promise<readonly Category[]>>()

/** The shelves of the shop, the fullest first; none while the shop cannot tell. */
export const readCategories = (ctx: PageContext): Promise<readonly Category[]> => {
  const categories =
    pending.get(ctx) ??
    ctx.read(listCategories, {}).then(
      ({ items }) => withPaths(items),
      () => [],
    )
  pending.set(ctx, categories)
  return categories
}

/** The shelf of this address, which may also be the category's very name. */
export const findCategory = (categories: readonly Category[], segment: string): Category | undefined =>
  categories.find(category => category.path === `/category/${encodeURIComponent(segment)}`) ??
  categories.find(category => category.name === segment)
