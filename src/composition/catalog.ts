/** Dependencies of the catalog: books, change log, and the index in memory. */
import { createChangeLog } from '../catalog/index/change-log.ts'
import { createLiveIndex } from '../catalog/index/live-index.ts'
import { createSearchTerms } from '../catalog/search-terms.ts'
import { createBookTable } from '../catalog/table.ts'
import type { Blobs } from '../core/blobs.ts'
import type { BaseContext } from './base.ts'

/** The index is still empty: loading it is up to the caller. */
export const createCatalogDeps = (context: BaseContext, blobs: Blobs) => {
  const { db, names, currency, now, report, settings } = context
  // Without PostgreSQL nobody can read them.
  const searchTerms = (settings.postgres ?? settings.aurora) && createSearchTerms(context)
  const books = createBookTable(context)
  const changes = createChangeLog(db, names)
  return {
    blobs,
    searchTerms,
    books,
    changes,
    liveIndex: createLiveIndex({
      db,
      books,
      changes,
      blobs,
      currency,
      now,
      memoryMegabytes: settings.functionMemory,
      report,
    }),
  }
}
