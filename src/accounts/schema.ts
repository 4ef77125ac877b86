/** Schemas of an account (the specification's "Sample User Item" of the users table) and of passwords. */
import * as z from 'zod'
import { StoredAddress } from '../addresses/schema.ts'

export const AccountStatus = z.enum(['active', 'disabled'])
export type AccountStatus = z.infer<typeof AccountStatus>

/** An item of the users table. Items that other clients write may have only the required fields. */
export const User = z.object({
  user_id: z.string().min(1),
  email: z.string().min(1),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  phone: z.string().optional(),
  address: StoredAddress.optional(),
  created_at: z.string(),
  last_login: z.string().optional(),
  account_status: z.string(),
})
export type User = z.infer<typeof User>

/** In characters. */
export const MIN_PASSWORD_LENGTH = 8
export const MAX_PASSWORD_LENGTH = 128

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** A new password: any text of 8 to 128 characters, without rules of composition (ASVS 5.0, 6.2.5). */
export const Password = z
  .string()
  .min(MIN_PASSWORD_LENGTH)
  .max(MAX_PASSWORD_LENGTH)
  .refine(text => text.isWellFormed() && !CONTROL.test(text), {
    error: 'must not contain control characters',
  })
  .transform(text => text.normalize('NFC'))

/** A password that is only compared: a short one is incorrect, not invalid. The maximum is checked before it is hashed. */
export const TypedPassword = z
  .string()
  .min(1)
  .max(MAX_PASSWORD_LENGTH)
  .transform(text => text.normalize('NFC'))
