/** The session of the caller, on routes that only signed-in accounts may call. */
import type { Context } from '../http/app.ts'
import type { Endpoint } from '../http/endpoint.ts'

/** Throws TypeError where the route's access lets in callers without a session. */
export const requireSession = ({ identity: { session } }: Pick<Context<Endpoint>, 'identity'>) => {
  if (!session) throw new TypeError('this route requires a session')
  return session
}
