/**
 * Addresses on their way through the sign-in library, which lets fewer pass than mail reaches (none under `.xn--p1ai`, none of
 * o'hara!): in here they are written in letters and digits alone, under a domain that never is anybody's (RFC 2606).
 */
import type { CleanedWhere } from 'better-auth/adapters'
import type { AuthRecord } from './where-filter.ts'

const WRITTEN = /^((?:[0-9a-f]{2})+)@address\.invalid$/

/** A normalised address as the library may be told it. */
export const encodeEmail = (email: string): string => `${Buffer.from(email).toString('hex')}@address.invalid`

/** The clause as it is about our records. */
export const decodeEmail = (clause: CleanedWhere): CleanedWhere => {
  const hex = clause.field === 'email' ? WRITTEN.exec(String(clause.value))?.[1] : undefined
  return hex === undefined ? clause : { ...clause, value: Buffer.from(hex, 'hex').toString() }
}

/** The record as whoever asked knows it: by the address that they asked for. */
export const withRequestedEmail = (record: AuthRecord, where: readonly CleanedWhere[]): AuthRecord => {
  const asked = where.find(clause => decodeEmail(clause) !== clause)
  return asked ? { ...record, email: asked.value } : record
}
