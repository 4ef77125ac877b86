/** Handlers of the export and the erasure of personal data. */
import { assertPassword } from '../accounts/password-credential.ts'
import { profileView, requireUser } from '../accounts/profile/service.ts'
import { requireSession, sessionCookie } from '../accounts/sessions.ts'
import { setCookie } from '../core/cookies.ts'
import type { Currency } from '../core/currency.ts'
import { type Route, route } from '../http/route.ts'
import { orderView } from '../orders/service.ts'
import * as api from './api.ts'
import { type EraseDeps, erasePerson } from './erase.ts'
import { exportPersonalData } from './personal-data.ts'

export type PrivacyDeps = EraseDeps & {
  readonly currency: Currency
  /** The email of an account, once it is verified. */
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
}

export const privacyRoutes = (deps: PrivacyDeps): Route[] => {
  const https = deps.publicUrl.startsWith('https:')
  return [
    route(api.exportMe, async context => {
      const user = await requireUser(deps, requireSession(context).userId)
      const isConfirmed = (await deps.confirmedEmail(user.user_id)) !== undefined
      context.responseHeaders.set('content-disposition', 'attachment; filename="cloudshelf-my-data.json"')
      const { unreadableOrders, ...data } = await exportPersonalData(deps, user, isConfirmed)
      return {
        ...data,
        profile: profileView(user),
        carts: data.carts.map(cart => ({ ...cart, currency: deps.currency.code })),
        orders: [...data.orders.map(orderView), ...unreadableOrders],
      }
    }),
    route(api.deleteMe, async context => {
      const { userId } = requireSession(context)
      await assertPassword(deps, userId, context.body.password)
      await erasePerson(deps, userId)
      context.setCookies.push(setCookie(sessionCookie(https), '', 0, https))
      return undefined
    }),
  ]
}
