/** What an import knows of the shop before its first row: the ISBNs and the categories of all books, and former category names. */
import { readRenamed } from '../renamed-categories.ts'
import { createSimilarNames } from '../similar-categories.ts'
import { isBook } from '../table.ts'
import { createIsbnIndex, type IsbnIndex, identifyingIsbn } from './feed/identity.ts'
import type { ImportDeps } from './steps.ts'

export type ShopContents = {
  readonly isbns: IsbnIndex
  /** The current names of categories that were renamed, and that no book is in any more. */
  readonly renamedCategories: ReadonlyMap<string, string>
  /** Adds the category of a row; returns others that are most likely the same one, for the first row that has it. */
  readonly addCategory: (name: string) => readonly string[]
}

export const readShopContents = async (deps: ImportDeps): Promise<ShopContents> => {
  const isbns = createIsbnIndex()
  const categories = new Set<string>()
  const similar = createSimilarNames()
  const addCategory = (name: string): readonly string[] => {
    if (categories.has(name)) return []
    categories.add(name)
    return similar.add(name)
  }
  for await (const rows of deps.books.rows())
    for (const row of rows) {
      if (!isBook(row)) continue
      addCategory(row.category)
      const isbn = identifyingIsbn(row.isbn)
      if (isbn !== undefined) isbns.add(isbn, row.book_id)
    }
  const renamed = await readRenamed(deps)
  for (const name of categories) renamed.delete(name)
  return { isbns, renamedCategories: renamed, addCategory }
}
