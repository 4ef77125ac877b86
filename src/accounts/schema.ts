/** What an account is: the specification's item of the users table (its "Sample User Item"), and nothing beside it. */
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
