/** Categories with the paths of their pages. */
import { listCategories, listRenamedCategories } from '#src/catalog/api.ts'
import { categorySegments, isSegmentOf, uniqueSegment } from '#src/core/category-path.ts'
import type { PageContext } from './page-context.ts'

export type Category = { readonly name: string; readonly count: number; readonly path: string }

/** Assigns each category a path of its own; the largest come first. */
export const withPaths = (
  categories: readonly { readonly category: string; readonly count: number }[],
): Category[] => {
  const segments = categorySegments(categories.map(({ category }) => category))
  return categories.map(({ category, count }) => ({
    name: category,
    count,
    path: `/category/${encodeURIComponent(segments.get(category) ?? '')}`,
  }))
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

/** Finds a category by a path segment: that of its path, its exact name, or its unique one. */
export const findCategory = (categories: readonly Category[], segment: string): Category | undefined =>
  categories.find(category => category.path === `/category/${encodeURIComponent(segment)}`) ??
  categories.find(({ name }) => name === segment || uniqueSegment(name) === segment)

/** Finds the category that the one with this path segment was renamed to. */
export const findRenamedCategory = async (
  ctx: PageContext,
  categories: readonly Category[],
  segment: string,
): Promise<Category | undefined> => {
  const { items } = await ctx.read(listRenamedCategories, {})
  const found = items.find(({ category }) => isSegmentOf(segment, category))
  return found && categories.find(({ name }) => name === found.now)
}
