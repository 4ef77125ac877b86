/** Endpoints of the export and the erasure of personal data. */
import * as z from 'zod'
import { ASKS_OWNER, OWNER_ERRORS, OwnerBody } from '../accounts/owner-endpoints.ts'
import { Profile } from '../accounts/profile/api.ts'
import { endpoint } from '../http/endpoint.ts'

const base = { cache: 'private', ...ASKS_OWNER } as const
const records = z.array(z.record(z.string(), z.unknown()))

export const exportMe = endpoint({
  ...base,
  id: 'exportMe',
  method: 'POST',
  path: '/api/users/me/export',
  summary: 'Export all personal data that the shop holds about the caller',
  body: OwnerBody,
  status: 200,
  reply: z
    .object({
      made_at: z.string(),
      profile: Profile,
      addresses: records,
      sessions: records,
      sign_in: z.record(z.string(), z.unknown()),
      carts: records,
      orders: records,
      payments: records,
      checkouts: records,
      invoice_allowed: z.boolean(),
      invoices: records,
      order_links: records,
      mails_waiting: records,
      audit: records,
    })
    .meta({ id: 'PersonalData' }),
  errors: OWNER_ERRORS,
})

export const deleteMe = endpoint({
  ...base,
  id: 'deleteMe',
  method: 'DELETE',
  path: '/api/users/me',
  summary:
    'Delete the account and all personal data, except invoices, and what else the law requires to keep of orders',
  body: OwnerBody,
  status: 204,
  errors: OWNER_ERRORS,
})
