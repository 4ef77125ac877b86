/** Handlers of the profile and of saved postal addresses. */
import type * as z from 'zod'
import type { PostalAddress } from '../../addresses/schema.ts'
import { type Route, route } from '../../http/route.ts'
import type { AccountDeps } from '../deps.ts'
import { requireSession } from '../sessions.ts'
import type { AccountChange } from '../table.ts'
import * as api from './api.ts'
import {
  changeAddress,
  changeProfile,
  listAddresses,
  profileView,
  removeAddress,
  requireUser,
  saveAddress,
} from './service.ts'

/** The changes as the users table stores them: attributes of an address that are not given are left out. */
const accountChange = ({ address, ...rest }: z.infer<typeof api.ChangeProfile>): AccountChange => ({
  ...rest,
  ...(address === undefined ? {} : { address: address && withoutUndefined(address) }),
})

const withoutUndefined = (address: PostalAddress): Record<string, string> =>
  Object.fromEntries(Object.entries(address).flatMap(([name, value]) => (value ? [[name, value]] : [])))

export const profileRoutes = (deps: AccountDeps): Route[] => [
  route(api.getProfile, async context =>
    profileView(await requireUser(deps, requireSession(context).userId)),
  ),
  route(api.changeProfile, async context =>
    profileView(await changeProfile(deps, requireSession(context).userId, accountChange(context.body))),
  ),
  route(api.listAddresses, async context => ({
    items: await listAddresses(deps, requireSession(context).userId),
  })),
  route(api.saveAddress, async context => saveAddress(deps, requireSession(context).userId, context.body)),
  route(api.changeAddress, async context =>
    changeAddress(deps, requireSession(context).userId, context.params.address_id, context.body),
  ),
  route(api.removeAddress, async context => {
    await removeAddress(deps, requireSession(context).userId, context.params.address_id)
    return undefined
  }),
]
