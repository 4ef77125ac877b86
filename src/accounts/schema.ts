/** What an account is: the specification's item of the users table (its "Sample User Item"), and what a password may be. */
import * as z from 'zod'
import { line } from '../core/text.ts'

export const AccountStatus = z.enum(['active', 'disabled'])
export type AccountStatus = z.infer<typeof AccountStatus>

/** An address that parcels go to: the main one in the users table, and each saved one. */
export const PostalAddress = z
  .strictObject({
    street: line(200),
    city: line(100),
    state: line(100).optional(),
    postal_code: line(20),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .describe('ISO 3166-1, two letters.'),
  })
  .meta({ id: 'PostalAddress' })
export type PostalAddress = z.infer<typeof PostalAddress>

/** An item of the users table. Rows of others' making (the specification's console) may lack all but id and address. */
export const User = z.object({
  user_id: z.string().min(1),
  email: z.string().min(1),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  phone: z.string().optional(),
  address: z.record(z.string(), z.string()).optional(),
  created_at: z.string(),
  last_login: z.string().optional(),
  account_status: z.string(),
})
export type User = z.infer<typeof User>

/** Of a password, in characters. */
export const MIN_PASSWORD_LENGTH = 8
export const MAX_PASSWORD_LENGTH = 128

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** Any text of 8 to 128 characters; what it is made of is nobody's business (ASVS 5.0, 6.2.5). */
export const Password = z
  .string()
  .min(MIN_PASSWORD_LENGTH)
  .max(MAX_PASSWORD_LENGTH)
  .refine(text => text.isWellFormed() && !CONTROL.test(text), { error: 'contains control characters' })
  .transform(text => text.normalize('NFC'))

/** A password that is only compared: a bad one is wrong, not invalid; one without end is refused before it is hashed. */
export const TypedPassword = z
  .string()
  .min(1)
  .max(MAX_PASSWORD_LENGTH)
  .transform(text => text.normalize('NFC'))
