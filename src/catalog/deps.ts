/** Dependencies of the catalogue's services, as composition supplies them. */
import type { Blobs } from '../core/blobs.ts'
import type { Currency } from '../core/currency.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { CursorSeal } from '../http/cursor.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { ChangeLog } from './index/change-log.ts'
import type { LiveIndex } from './index/live-index.ts'
import type { SearchSwitch } from './search-switch.ts'
import type { SearchTerms } from './search-terms.ts'
import type { BookTable } from './table.ts'

/** Reading single books. */
export type LookupDeps = {
  readonly books: BookTable
  readonly liveIndex: LiveIndex
  /** The shop's. */
  readonly currency: Currency
}

/** Browsing and searching. */
export type BrowseDeps = LookupDeps & {
  /** The switch between search engines; without it memory answers. */
  readonly searchSwitch?: SearchSwitch | undefined
  readonly cursors: CursorSeal
  readonly report: (error: unknown) => void
}

/** Editing books. */
export type EditDeps = LookupDeps & {
  readonly db: Dynamo
  readonly changes: ChangeLog
  readonly names: TableNames
  readonly now: () => Date
}

export type CatalogDeps = BrowseDeps &
  EditDeps & {
    readonly blobs: Blobs
    /** Counts searches; undefined without PostgreSQL, which has the reports of them. */
    readonly searchTerms?: Pick<SearchTerms, 'count'> | undefined
  }
