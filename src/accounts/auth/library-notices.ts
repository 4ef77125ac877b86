/**
 * Notices to owners of changes that the sign-in library makes, in the transaction of the change. The caller of the library names the
 * change; the adapter, which the library calls in turn, adds the writes of the notice.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { Write } from '../../core/dynamo/write.ts'
import type { TableNames } from '../../tables/definitions.ts'
import { noticeWrites } from '../owner-notice.ts'

/** The model of the record by which the library makes each change. */
const MODELS = {
  'account.authenticator-app.on': 'user',
  'account.authenticator-app.off': 'user',
  'account.recovery-codes': 'twoFactor',
  'account.passkey.add': 'passkey',
} as const
export type LibraryChange = keyof typeof MODELS

type Deps = { readonly db: Dynamo; readonly names: TableNames; readonly now: () => Date }
type Pending = { readonly userId: string; readonly change: LibraryChange; isWritten: boolean }

const pending = new AsyncLocalStorage<Pending>()

/** Runs `work`, in which the library makes this change to the account, so that its owner learns of it. */
export const withNotice = async <T>(
  deps: Deps,
  { userId, change }: { readonly userId: string; readonly change: LibraryChange },
  work: () => Promise<T>,
): Promise<T> => {
  const notice = { userId, change, isWritten: false }
  const result = await pending.run(notice, work)
  // The library had nothing to write: an app that was confirmed again.
  if (!notice.isWritten) await deps.db.transact(noticeWrites(deps, userId, change))
  return result
}

/** Writes a record of this model by `write`, with the writes of the notice that is pending for it. */
export const writeWithNotice = async <T>(
  deps: Omit<Deps, 'db'>,
  model: string,
  write: (notice: readonly Write[]) => Promise<T>,
): Promise<T> => {
  const notice = pending.getStore()
  if (notice === undefined || notice.isWritten || MODELS[notice.change] !== model) return write([])
  const result = await write(noticeWrites(deps, notice.userId, notice.change))
  notice.isWritten = result !== false
  return result
}
