/** The handlers of what a shopper keeps with us: profile, addresses, all of it as a file, and nothing any more. */

import type * as z from 'zod'
import { assertPassword } from '../accounts/password-credential.ts'
import * as api from '../accounts/profile/api.ts'
import {
  changeProfile,
  listAddresses,
  removeAddress,
  requireUser,
  saveAddress,
} from '../accounts/profile/service.ts'
import { requireSession } from '../accounts/require-session.ts'
import type { PostalAddress, User } from '../accounts/schema.ts'
import { sessionCookie } from '../accounts/sessions.ts'
import type { AccountChange } from '../accounts/table.ts'
import { type Route, route } from '../http/app.ts'
import { orderView } from '../orders/service.ts'
import { type EraseDeps, erasePerson } from './erase.ts'
import { exportPersonalData } from './personal-data.ts'

export type PrivacyDeps = EraseDeps & {
  readonly currency: string
  readonly publicUrl: string
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
}

/** An address as the tables have it: what is optional and not given is not there. */
const changesOf = ({ address, ...rest }: z.infer<typeof api.ChangeProfile>): AccountChange => ({
  ...rest,
  ...(address === undefined ? {} : { address: address && definedOf(address) }),
})

const definedOf = (address: PostalAddress): Record<string, string> =>
  Object.fromEntries(Object.entries(address).flatMap(([name, value]) => (value ? [[name, value]] : [])))

const view = ({ account_status: _, ...profile }: User) => profile

export const privacyRoutes = (deps: PrivacyDeps): Route[] => {
  const https = deps.publicUrl.startsWith('https:')
  return [
    route(api.getProfile, async context => view(await requireUser(deps, requireSession(context).userId))),
    route(api.changeProfile, async context =>
      view(await changeProfile(deps, requireSession(context).userId, changesOf(context.body))),
    ),
    route(api.listAddresses, async context => ({
      items: await listAddresses(deps, requireSession(context).userId),
    })),
    route(api.saveAddress, async context => saveAddress(deps, requireSession(context).userId, context.body)),
    route(api.removeAddress, async context => {
      await removeAddress(deps, requireSession(context).userId, context.params.address_id)
      return undefined
    }),
    route(api.exportMe, async context => {
      const user = await requireUser(deps, requireSession(context).userId)
      const confirmed = (await deps.confirmedEmail(user.user_id)) !== undefined
      context.answerHeaders.set('content-disposition', 'attachment; filename="cloudshelf-my-data.json"')
      const held = await exportPersonalData(deps, user, confirmed)
      return { ...held, profile: view(user), orders: held.orders.map(one => orderView(one, deps.currency)) }
    }),
    route(api.deleteMe, async context => {
      const { userId } = requireSession(context)
      await assertPassword(deps, userId, context.body.password)
      await erasePerson(deps, userId)
      context.setCookies.push(
        `${sessionCookie(https)}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`,
      )
      return undefined
    }),
  ]
}
