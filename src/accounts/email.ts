/** Emails in their normalized form, the only one that is stored, compared and sent to. */
import { domainToASCII, domainToUnicode } from 'node:url'
import * as z from 'zod'

/** Letters, digits, hyphens and dots only, since domainToASCII would drop or decode other characters. */
const DOMAIN_TYPED = /^[\p{L}\p{M}\p{N}.-]+$/u
const LOCAL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/
const DOMAIN =
  /^(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/**
 * Trims, applies NFKC, converts the domain to lower-case punycode and the local part to lower case. Undefined for an email
 * that mail cannot reach: a local part beyond ASCII, more than 254 characters (RFC 5321), a domain without a dot or an IP
 * address. Dots and +tags stay.
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

/**
 * A normalized email as people write it: `kunde@bücher-laden.example`, where mail is sent to `kunde@xn--bcher-laden-thb.example`.
 * A domain that would not be read as the same one stays as it is.
 */
export const readableEmail = (email: string): string => {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  const readable = domainToUnicode(domain)
  return domainToASCII(readable) === domain ? `${email.slice(0, at + 1)}${readable}` : email
}

/** An email that only its owner recognizes: `j•••@example.com`. */
export const maskedEmail = (email: string): string =>
  readableEmail(`${email.slice(0, 1)}•••${email.slice(email.lastIndexOf('@'))}`)

/** An email as it was typed; parses to its normalized form. */
export const Email = z
  .string()
  .max(320)
  .transform((typed, context) => {
    const email = normalizeEmail(typed)
    if (email !== undefined) return email
    context.addIssue({
      code: 'custom',
      message: 'must be an email address that mail can reach, for example jane@example.com',
    })
    return z.NEVER
  })
