/** Dependencies of the accounts. Functions that also run elsewhere take the part of them that they use. */
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { UnreadableRows } from '../core/unreadable-rows.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { AccountLinks } from './account-links.ts'
import type { AuthRecords } from './auth/records.ts'
import type { UserTable } from './table.ts'

export type AccountDeps = {
  readonly db: Dynamo
  readonly names: TableNames
  readonly users: UserTable
  readonly records: AuthRecords
  readonly accountLinks: AccountLinks
  /** The public URL of the shop: links in mails begin with it, and cookies are Secure when it is https. */
  readonly publicUrl: string
  readonly now: () => Date
  readonly unreadable: UnreadableRows
}
