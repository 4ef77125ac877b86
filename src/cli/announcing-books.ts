/** Changes of orders by a command, which announces the books that went back to stock, so that a running shop sees them too. */
import type { BookKey } from '../catalog/table.ts'
import type { Deps } from '../composition/shop.ts'

export const announcingBooks = async <T>(deps: Deps, work: (deps: Deps) => Promise<T>): Promise<T> => {
  const returned: BookKey[] = []
  try {
    return await work({ ...deps, booksChanged: keys => void returned.push(...keys) })
  } finally {
    // Also where the work fails after the books have gone back.
    if (returned.length > 0) await deps.db.transact(deps.changes.announce(returned, deps.now()))
  }
}
