/** Categories with the paths of their pages. */
import { listCategories } from '#src/catalog/api.ts'
import { slugify } from '#src/core/slug.ts'
import type { PageContext } from './page-context.ts'

export type Category = { readonly name: string; readonly count: number; readonly path: string }

const toSegment = (name: string): string => encodeURIComponent(slugify(name) || name)

/** Assigns each category a path; if two slugs collide, the smaller category uses its unmodified name. */
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

/** Shares one request between the root loader and the page's loader. */
const pending = new WeakMap<PageContext, Promise<readonly Category[]>>()

/** Reads all categories, largest first; an empty list if the API fails. */
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

/** Finds a category by its path segment or its exact name. */
export const findCategory = (categories: readonly Category[], segment: string): Category | undefined =>
  categories.find(category => category.path === `/category/${encodeURIComponent(segment)}`) ??
  categories.find(category => category.name === segment)
