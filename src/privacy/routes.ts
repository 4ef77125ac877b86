/** Handlers of the export and the erasure of personal data. */
import { noticeWrites } from '../accounts/owner-notice.ts'
import { profileView, requireUser } from '../accounts/profile/service.ts'
import { createReauthentication } from '../accounts/re-authentication.ts'
import { requireSession, sessionCookie } from '../accounts/sessions.ts'
import { setCookie } from '../core/cookies.ts'
import type { Currency } from '../core/currency.ts'
import { type Route, route } from '../http/route.ts'
import type { OrderPayments } from '../orders/payment.ts'
import { orderView } from '../orders/service.ts'
import * as api from './api.ts'
import { type EraseDeps, erasePerson } from './erase.ts'
import { exportPersonalData } from './personal-data.ts'

export type PrivacyDeps = EraseDeps & {
  readonly currency: Currency
  readonly payments: Pick<OrderPayments, 'termsOf'>
  /** The email of an account, once it is verified. */
  readonly confirmedEmail: (userId: string) => Promise<string | undefined>
}

export const privacyRoutes = (deps: PrivacyDeps): Route[] => {
  const https = deps.publicUrl.startsWith('https:')
  const reauthenticate = createReauthentication(deps)
  return [
    route(
      api.exportMe,
      async context => {
        const user = await requireUser(deps, requireSession(context).userId)
        const isConfirmed = (await deps.confirmedEmail(user.user_id)) !== undefined
        // Told first: nobody gets the data without the owner knowing.
        await deps.db.transact(noticeWrites(deps, user.user_id, 'account.export'))
        context.responseHeaders.set('content-disposition', 'attachment; filename="cloudshelf-my-data.json"')
        const { unreadableOrders, ...data } = await exportPersonalData(deps, user, isConfirmed)
        const termsOf = await deps.payments.termsOf(data.orders)
        return {
          ...data,
          profile: profileView(user),
          carts: data.carts.map(cart => ({ ...cart, currency: deps.currency.code })),
          orders: [...data.orders.map(order => orderView(order, termsOf(order))), ...unreadableOrders],
        }
      },
      reauthenticate,
    ),
    route(
      api.deleteMe,
      async context => {
        const { userId } = requireSession(context)
        await erasePerson(deps, userId)
        context.setCookies.push(setCookie(sessionCookie(https), '', 0, https))
        return undefined
      },
      reauthenticate,
    ),
  ]
}
