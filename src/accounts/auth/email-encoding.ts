/**
 * Encoding of emails for the sign-in library, which rejects some that mail can reach (domains under `.xn--p1ai`, local parts such
 * as o'hara!): the library sees them in hexadecimal, under the reserved domain `.invalid` (RFC 2606).
 */
import type { CleanedWhere } from 'better-auth/adapters'
import type { AuthRecord } from './where-filter.ts'

const ENCODED = /^((?:[0-9a-f]{2})+)@address\.invalid$/

/** A normalized email in the form that is passed to the library. */
export const encodeEmail = (email: string): string => `${Buffer.from(email).toString('hex')}@address.invalid`

/** A clause of the library with the email decoded, to be applied to our records. */
export const decodeEmail = (clause: CleanedWhere): CleanedWhere => {
  const hex = clause.field === 'email' ? ENCODED.exec(String(clause.value))?.[1] : undefined
  return hex === undefined ? clause : { ...clause, value: Buffer.from(hex, 'hex').toString() }
}

/** The record with the email in the form of the query, as the library compares the two. */
export const withRequestedEmail = (record: AuthRecord, where: readonly CleanedWhere[]): AuthRecord => {
  const clause = where.find(one => decodeEmail(one) !== one)
  return clause ? { ...record, email: clause.value } : record
}
