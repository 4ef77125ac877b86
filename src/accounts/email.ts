/** E-mail addresses in the one form that is stored, compared and written to. */
import { domainToASCII } from 'node:url'
import * as z from 'zod'

/** Letters, digits, hyphens and dots: what the rules of a URL's host would drop or decode never comes into an address. */
const DOMAIN_TYPED = /^[\p{L}\p{M}\p{N}.-]+$/u
const LOCAL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/
const DOMAIN =
  /^(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/**
 * Trim, NFKC, the domain as lower-case punycode, the local part in lower case; undefined for what no mail reaches from
 * here: local parts beyond ASCII, addresses over 254 characters, hosts without a dot or in figures. Dots and +tags stay.
 */
export const normalizeEmail = (typed: string): string | undefined => {
  const text = typed.trim().normalize('NFKC')
  const at = text.lastIndexOf('@')
  if (at < 1 || text.length > 254) return undefined
  const local = text.slice(0, at).toLowerCase()
  const typedDomain = text.slice(at + 1)
  if (!DOMAIN_TYPED.test(typedDomain)) return undefined
  const domain = domainToASCII(typedDomain).toLowerCase()
  const dots = local.startsWith('.') || local.endsWith('.') || local.includes('..')
  return LOCAL.test(local) && !dots && DOMAIN.test(domain) ? `${local}@${domain}` : undefined
}

/** An address that a shopper typed; parses to its normal form. */
export const Email = z
  .string()
  .max(320)
  .transform((typed, context) => {
    const email = normalizeEmail(typed)
    if (email !== undefined) return email
    context.addIssue({ code: 'custom', message: 'is no e-mail address that mail can reach' })
    return z.NEVER
  })
