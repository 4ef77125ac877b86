/** The part of the shop that has orders, and knows whose address is confirmed. */
import { createAuthRecords } from '../accounts/auth/records.ts'
import { createUserTable } from '../accounts/table.ts'
import { createOrderLinks } from '../orders/links.ts'
import { createOrderTable } from '../orders/table.ts'
import type { BaseContext } from './base.ts'

export const createOrderDeps = ({ db, names }: BaseContext) => {
  const users = createUserTable(db, names)
  const records = createAuthRecords(db, names, users)
  return {
    users,
    records,
    orders: createOrderTable(db, names),
    links: createOrderLinks(db, names),
    /** The address of an account, once it is confirmed. */
    confirmedEmail: async (userId: string) => {
      const user = (await records.byId('user', userId))?.record
      return user?.emailVerified === true ? String(user.email) : undefined
    },
    booksChanged: (_books: readonly unknown[]): void => {},
  }
}
