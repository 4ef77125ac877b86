/** UserAccounts function: sign-up and sign-in, profiles, export and erasure of personal data. The only one with the sign-in library. */
import { profileRoutes } from '../accounts/profile/routes.ts'
import { accountRoutes } from '../accounts/routes.ts'
import { createAccountDeps } from '../composition/accounts.ts'
import { createHttpApp } from '../composition/app.ts'
import { createErasureList } from '../composition/backup.ts'
import { createAppContext } from '../composition/base.ts'
import { createErasedProjection } from '../composition/erased-projection.ts'
import { createOrderDeps } from '../composition/orders.ts'
import { haveEnded } from '../payments/personal-checkouts.ts'
import { privacyRoutes } from '../privacy/routes.ts'
import { createHttpHandler } from './http.ts'
import { createFunctionContext } from './open.ts'

const { base, secrets } = createFunctionContext(['secret', 'proxy'])
const { secret, proxy } = await secrets
const orderDeps = createOrderDeps(base)
const deps = {
  ...createAppContext(base, secret),
  ...orderDeps,
  // It knows no payment provider: what is left to end is ended by the sweeper.
  endCheckouts: (userId: string, email: string | undefined) => haveEnded(orderDeps, userId, email),
  ...createAccountDeps(base),
  // Mails of a function lie nowhere here.
  deleteSentMails: async () => {},
  listErasure: createErasureList(base),
  projection: createErasedProjection(base, { isAwaited: false }),
}
const { fetch } = createHttpApp(deps, [
  ...accountRoutes(deps),
  ...profileRoutes(deps),
  ...privacyRoutes(deps),
])

export const handler = createHttpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
