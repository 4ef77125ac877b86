/** Endpoints of the profile and of saved postal addresses. */
import * as z from 'zod'
import { AccountAddress, DeliveryAddress, Phone, PostalAddress } from '../../addresses/schema.ts'
import { personName } from '../../core/text.ts'
import { endpoint } from '../../http/endpoint.ts'

export const MAX_ADDRESSES = 20

export const Profile = z
  .object({
    user_id: z.string(),
    email: z.string(),
    first_name: z.string().optional(),
    last_name: z.string().optional(),
    phone: z.string().optional(),
    address: z.record(z.string(), z.string()).optional().describe('Default shipping address.'),
    created_at: z.string(),
    last_login: z.string().optional(),
  })
  .meta({ id: 'Profile' })

export const ChangeProfile = z
  .strictObject({
    first_name: personName(100).nullable().optional(),
    last_name: personName(100).nullable().optional(),
    phone: Phone.nullable().optional(),
    address: AccountAddress.nullable().optional(),
  })
  .meta({
    id: 'ChangeProfile',
    description: 'Fields that are not sent stay as they are; null removes a field.',
  })

const AddressPath = z.object({ address_id: z.string().min(1).max(100) })

export const SavedAddress = z
  .object({ address_id: z.string(), ...PostalAddress.shape })
  .meta({ id: 'SavedAddress' })

const base = { cache: 'private', access: 'account' } as const

export const getProfile = endpoint({
  ...base,
  id: 'getProfile',
  method: 'GET',
  path: '/api/users/me',
  summary: 'Get the caller’s profile',
  status: 200,
  reply: Profile,
  errors: [],
})

export const changeProfile = endpoint({
  ...base,
  id: 'changeProfile',
  method: 'PATCH',
  path: '/api/users/me',
  summary: 'Change the caller’s profile',
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
  summary: 'List the caller’s saved addresses',
  status: 200,
  reply: z.object({ items: z.array(SavedAddress) }).meta({ id: 'SavedAddresses' }),
  errors: [],
})

export const saveAddress = endpoint({
  ...base,
  id: 'saveAddress',
  method: 'POST',
  path: '/api/users/me/addresses',
  summary: 'Save a shipping address, at most 20',
  body: DeliveryAddress,
  status: 201,
  reply: SavedAddress,
  errors: ['address_limit'],
})

export const changeAddress = endpoint({
  ...base,
  id: 'changeAddress',
  method: 'PUT',
  path: '/api/users/me/addresses/{address_id}',
  summary: 'Replace a saved address',
  params: AddressPath,
  body: DeliveryAddress,
  status: 200,
  reply: SavedAddress,
  errors: ['address_not_found'],
})

export const removeAddress = endpoint({
  ...base,
  id: 'removeAddress',
  method: 'DELETE',
  path: '/api/users/me/addresses/{address_id}',
  summary: 'Delete a saved address',
  params: AddressPath,
  status: 204,
  errors: ['address_not_found'],
})
