/** The part of the shop that has orders, and knows whose address is confirmed. */
import { authRecords } from '../accounts/auth/records.ts'
import { userTable } from '../accounts/table.ts'
import { orderLinks } from '../orders/links.ts'
import { orderTable } from '../orders/table.ts'
import type { Ground } from './base.ts'

export const orderPart = ({ db, names }: Ground) => {
  const users = userTable(db, names)
  const records = authRecords(db, names, users)
  return {
    users,
    records,
    orders: orderTable(db, names),
    links: orderLinks(db, names),
    /** The address of an account, once it is confirmed. */
    confirmedEmail: async (userId: string) => {
      const user = (await records.byId('user', userId))?.record
      return user?.emailVerified === true ? String(user.email) : undefined
    },
    booksChanged: (_books: readonly unknown[]): void => {},
  }
}
