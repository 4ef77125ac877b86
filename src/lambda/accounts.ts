/** UserAccounts: signing up and in, profiles, and what is held about a person. The sign-in library lives here alone. */
import { accountRoutes } from '../accounts/routes.ts'
import { accountPart } from '../parts/accounts.ts'
import { openApp } from '../parts/app.ts'
import { foundation } from '../parts/ground.ts'
import { orderPart } from '../parts/orders.ts'
import { peopleRoutes } from '../people/routes.ts'
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
