/** Who may pay by invoice: everybody, accounts with a confirmed email, or accounts that staff have allowed to. */

import { normalizeEmail } from '../accounts/email.ts'
import type { UserTable } from '../accounts/table.ts'
import { auditWrites } from '../core/audit.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { ShopError } from '../core/errors.ts'
import type { TableNames } from '../tables/definitions.ts'

export type InvoiceAudience = 'everyone' | 'confirmed' | 'allowed'

export type InvoicePermissions = {
  /** Why the caller cannot pay by invoice, as a sentence for them; undefined where they can. */
  readonly refusal: (accountId: string | undefined) => Promise<string | undefined>
  /** Whether staff have allowed the account to. */
  readonly isAllowed: (accountId: string) => Promise<boolean>
  /** Allows an account, named by its id or email, or ends that. Resolves to its id. Throws account_not_found. */
  readonly set: (actor: string, account: string, allowed: boolean) => Promise<string>
}

type Deps = {
  readonly db: Dynamo
  readonly names: TableNames
  readonly users: UserTable
  readonly now: () => Date
  readonly audience: InvoiceAudience
  readonly confirmedEmail: (accountId: string) => Promise<string | undefined>
}

export const createInvoicePermissions = (deps: Deps): InvoicePermissions => {
  const { db, names, users, now, audience, confirmedEmail } = deps
  const keyOf = CONTROL_ROWS.invoicePermission.key
  const isAllowed = async (accountId: string): Promise<boolean> =>
    (await db.get(names.control, keyOf(accountId))) !== undefined

  const findAccount = async (account: string): Promise<string> => {
    const email = normalizeEmail(account)
    const id = email === undefined ? account : await users.idByEmail(email)
    if (id !== undefined && (await users.get(id))) return id
    throw new ShopError('account_not_found', 'There is no such account.')
  }

  return {
    isAllowed,
    refusal: async accountId => {
      if (audience === 'everyone') return undefined
      if (accountId === undefined) return 'Sign in to pay by invoice.'
      if (audience === 'confirmed')
        return (await confirmedEmail(accountId)) === undefined
          ? 'Confirm your email to pay by invoice.'
          : undefined
      return (await isAllowed(accountId))
        ? undefined
        : 'Your account cannot pay by invoice. Please choose another method, or ask us.'
    },
    set: async (actor, account, allowed) => {
      const id = await findAccount(account)
      const event = { actor, what: 'account.invoice', subject: `account:${id}`, after: { allowed } }
      await db.transact([
        allowed
          ? { action: 'Put', table: names.control, item: { ...keyOf(id), at: now().toISOString() } }
          : { action: 'Delete', table: names.control, key: keyOf(id) },
        ...auditWrites(names.control, event, now()),
      ])
      return id
    },
  }
}
