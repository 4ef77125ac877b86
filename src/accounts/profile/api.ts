/** The endpoints of what a shopper keeps with us, as data. */
import * as z from 'zod'
import { line } from '../../core/text.ts'
import { endpoint } from '../../http/endpoint.ts'
import { PASSWORD_LIMITS } from '../api.ts'
import { PostalAddress, TypedPassword } from '../schema.ts'

export const MAX_ADDRESSES = 20

export const Profile = z
  .object({
    user_id: z.string(),
    email: z.string(),
    first_name: z.string().optional(),
    last_name: z.string().optional(),
    phone: z.string().optional(),
    address: z.record(z.string(), z.string()).optional().describe('Where parcels go unless told otherwise.'),
    created_at: z.string(),
    last_login: z.string().optional(),
  })
  .meta({ id: 'Profile' })

export const ChangeProfile = z
  .strictObject({
    first_name: line(100).nullable().optional(),
    last_name: line(100).nullable().optional(),
    phone: z
      .string()
      .trim()
      .regex(/^\+?[\d ()/.-]{3,30}$/, { error: 'is no phone number' })
      .nullable()
      .optional(),
    address: PostalAddress.nullable().optional(),
  })
  .meta({ id: 'ChangeProfile', description: 'What is not named stays; null takes it away.' })

export const SavedAddress = z
  .object({ address_id: z.string(), ...PostalAddress.shape })
  .meta({ id: 'SavedAddress' })

const base = { cache: 'private', access: 'account' } as const

export const getProfile = endpoint({
  ...base,
  id: 'getProfile',
  method: 'GET',
  path: '/api/users/me',
  summary: 'The caller’s profile',
  status: 200,
  reply: Profile,
  errors: [],
})

export const changeProfile = endpoint({
  ...base,
  id: 'changeProfile',
  method: 'PATCH',
  path: '/api/users/me',
  summary: 'Change the profile',
  body: ChangeProfile,
  status: 200,
  reply: Profile,
  errors: [],
})

export const listAddresses = endpoint({
  ...base,
  id: 'listAddresses',
  method: 'GET',
  path: '/api/users/me/addresses',
  summary: 'The addresses that the caller has saved',
  status: 200,
  reply: z.object({ items: z.array(SavedAddress) }).meta({ id: 'SavedAddresses' }),
  errors: [],
})

export const saveAddress = endpoint({
  ...base,
  id: 'saveAddress',
  method: 'POST',
  path: '/api/users/me/addresses',
  summary: 'Save another address, 20 at most',
  body: PostalAddress,
  status: 201,
  reply: SavedAddress,
  errors: ['address_limit'],
})

export const removeAddress = endpoint({
  ...base,
  id: 'removeAddress',
  method: 'DELETE',
  path: '/api/users/me/addresses/{address_id}',
  summary: 'Forget a saved address',
  params: z.object({ address_id: z.string().min(1).max(100) }),
  status: 204,
  errors: ['address_not_found'],
})

export const exportMe = endpoint({
  ...base,
  id: 'exportMe',
  method: 'GET',
  path: '/api/users/me/export',
  summary: 'Everything that the shop holds about the caller',
  status: 200,
  reply: z
    .object({
      made_at: z.string(),
      profile: Profile,
      addresses: z.array(z.record(z.string(), z.unknown())),
      sessions: z.array(z.record(z.string(), z.unknown())),
      sign_in: z.record(z.string(), z.unknown()),
      carts: z.array(z.record(z.string(), z.unknown())),
      orders: z.array(z.record(z.string(), z.unknown())),
      mails_waiting: z.array(z.record(z.string(), z.unknown())),
      audit: z.array(z.record(z.string(), z.unknown())),
    })
    .meta({ id: 'PersonalData' }),
  errors: [],
})

export const deleteMe = endpoint({
  ...base,
  id: 'deleteMe',
  method: 'DELETE',
  path: '/api/users/me',
  summary: 'Delete the account and everything about the caller but what the law wants of orders',
  limits: PASSWORD_LIMITS,
  body: z.strictObject({ password: TypedPassword }).meta({ id: 'DeleteMe' }),
  status: 204,
  errors: ['password_wrong'],
})
