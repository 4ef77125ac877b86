/** UserAccounts: signing up and in, profiles, and what is held about a person. The sign-in library lives here alone. */
import { accountRoutes } from '../accounts/routes.ts'
import { accountPart } from '../composition/accounts.ts'
import { openApp } from '../composition/app.ts'
import { foundation } from '../composition/base.ts'
import { orderPart } from '../composition/orders.ts'
import { peopleRoutes } from '../privacy/routes.ts'
import { httpHandler } from './http.ts'
import { openFunction } from './open.ts'

const { base, secrets } = openFunction(['secret', 'proxy'])
const { secret, proxy } = await secrets
const deps = {
  ...foundation(base, secret),
  ...orderPart(base),
  ...accountPart(base),
  // Mails of a function lie nowhere here.
  forgetMail: async () => {},
}
const { fetch } = openApp(deps, [...accountRoutes(deps), ...peopleRoutes(deps)])

export const handler = httpHandler(fetch, { publicUrl: base.publicUrl, proxySecret: proxy })
