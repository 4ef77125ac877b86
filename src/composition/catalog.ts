/** The part of the shop that has the catalogue in memory. */
import { createChangeLog } from '../catalog/index/change-log.ts'
import { createLiveIndex } from '../catalog/index/live-index.ts'
import { createBookTable } from '../catalog/table.ts'
import type { Blobs } from '../core/blobs.ts'
import type { BaseContext } from './base.ts'

/** The shelf with its index in memory. */
export const createCatalogDeps = ({ db, names, now, report }: BaseContext, blobs: Blobs) => {
  const books = createBookTable(db, names)
  const changes = createChangeLog(db, names)
  return { blobs, books, changes, liveIndex: createLiveIndex({ db, books, changes, blobs, now, report }) }
}
