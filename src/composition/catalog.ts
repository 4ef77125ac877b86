/** The part of the shop that has the catalogue in memory. */
import { changeLog } from '../catalog/index/change-log.ts'
import { catalogMemory } from '../catalog/index/live-index.ts'
import { bookTable } from '../catalog/table.ts'
import type { Blobs } from '../core/blobs.ts'
import type { Ground } from './base.ts'

/** The shelf with its index in memory. */
export const catalogPart = ({ db, names, now, report }: Ground, blobs: Blobs) => {
  const books = bookTable(db, names)
  const changes = changeLog(db, names)
  return { blobs, books, changes, memory: catalogMemory({ db, books, changes, blobs, now, report }) }
}
