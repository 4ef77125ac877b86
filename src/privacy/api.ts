/** Endpoints of the export and the erasure of personal data. */
import * as z from 'zod'
import { PASSWORD_LIMITS } from '../accounts/api.ts'
import { Profile } from '../accounts/profile/api.ts'
import { TypedPassword } from '../accounts/schema.ts'
import { endpoint } from '../http/endpoint.ts'

const base = { cache: 'private', access: 'account' } as const
const records = z.array(z.record(z.string(), z.unknown()))

export const exportMe = endpoint({
  ...base,
  id: 'exportMe',
  method: 'GET',
  path: '/api/users/me/export',
  summary: 'Export all personal data that the shop holds about the caller',
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
      order_links: records,
      mails_waiting: records,
      audit: records,
    })
    .meta({ id: 'PersonalData' }),
  errors: [],
})

export const deleteMe = endpoint({
  ...base,
  id: 'deleteMe',
  method: 'DELETE',
  path: '/api/users/me',
  summary: 'Delete the account and all personal data, except what the law requires to keep of orders',
  limits: PASSWORD_LIMITS,
  body: z.strictObject({ password: TypedPassword }).meta({ id: 'DeleteMe' }),
  status: 204,
  errors: ['password_wrong'],
})
