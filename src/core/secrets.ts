/** Form of the secrets that cookies and mailed links carry: 256 random bits in base64url, as `newSecret` in `ids.ts` makes them. */
import * as z from 'zod'

const SECRET = /^[A-Za-z0-9_-]{43}$/

export const isSecret = (text: string | undefined): text is string => text !== undefined && SECRET.test(text)

/** The token of a mailed link, as a request body has it. */
export const LinkToken = z
  .string()
  .regex(SECRET, { error: 'must be the token of the link in the email' })
  .describe('From the link in the email.')
