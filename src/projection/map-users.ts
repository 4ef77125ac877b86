/** Row of an account: since when, and in which country. The person is a pseudonym, the same as in the orders of their email. */
import { normalizeEmail } from '../accounts/email.ts'
import { User } from '../accounts/schema.ts'
import { firstProblem } from '../core/unreadable-rows.ts'
import { countryCode, instant, type MapItem, text, Unmappable } from './mapping.ts'

export const mapUser: MapItem = (item, { pseudonyms }) => {
  const parsed = User.safeParse(item)
  if (!parsed.success) throw new Unmappable(firstProblem(parsed.error))
  const { email, account_status, address, created_at } = parsed.data
  const normalized = normalizeEmail(email)
  return {
    row: {
      customer: normalized === undefined ? null : pseudonyms.person('email', normalized),
      account_status: text(account_status),
      country: countryCode(address?.country),
      since: instant(created_at),
    },
    children: {},
  }
}
