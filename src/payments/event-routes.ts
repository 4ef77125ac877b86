/** Handler of the events of payment providers. */
import { type Route, route } from '../http/route.ts'
import { paymentEvent } from './api.ts'
import type { PaymentDeps } from './deps.ts'
import { createEventReader, handleEvent } from './events.ts'

export const paymentEventRoutes = (deps: PaymentDeps): Route[] => {
  const events = createEventReader(deps)
  return [
    route(
      paymentEvent,
      async ({ params, body }) => {
        await handleEvent(deps, params.provider, events.read(params.provider, body))
        return undefined
      },
      events.verify,
    ),
  ]
}
