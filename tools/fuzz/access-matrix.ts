/** Access matrix: every endpoint is called by every kind of caller, and admits exactly those that its access declares. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import type { Runner } from './runner.ts'
import { type CallerName, type FuzzRequest, type FuzzResponse, type Target, validPath } from './target.ts'

type Decision = 'allowed' | 'not_signed_in' | 'forbidden'

const ACCOUNTS = new Set<CallerName>([
  'account',
  'customer with a second factor',
  'staff without a second factor',
  'staff',
  'admin',
])

/** Decision that a caller must get from an endpoint with this access. */
export const expectedDecision = (who: Endpoint['access'], caller: CallerName): Decision => {
  if (who === 'anyone' || who === 'shopper') return 'allowed'
  if (who === 'account') return ACCOUNTS.has(caller) ? 'allowed' : 'not_signed_in'
  if (caller === 'staff' || caller === 'admin') return 'allowed'
  return ACCOUNTS.has(caller) || caller === 'guest' ? 'forbidden' : 'not_signed_in'
}

/** Endpoints that remove the data or sessions which the other requests need, so they run last. */
const DESTRUCTIVE = new Set(['deleteBook', 'signOut', 'endOtherSessions', 'deleteMe', 'emptyCart'])

type Case = { readonly request: FuzzRequest; readonly decision: Decision }

const createCases = (target: Target): Case[] => {
  const callers = Object.keys(target.callers) as CallerName[]
  // What another machine signs has no caller.
  return ENDPOINTS.filter(({ access }) => access !== 'signed').flatMap(endpoint => {
    const path = validPath(target, endpoint)
    const of = (as: CallerName, more: string, who: Endpoint['access']): Case => ({
      request: { endpoint, as, path: `${path}${more}`, why: `${endpoint.access}${more} by ${as}` },
      decision: expectedDecision(who, as),
    })
    const staffOnly = (endpoint.staffQuery ?? []).flatMap(name =>
      callers.map(as => of(as, `?${name}=2026-01-01`, 'staff')),
    )
    return [...callers.map(as => of(as, '', endpoint.access)), ...staffOnly]
  })
}

const createJudge =
  (decisions: ReadonlyMap<FuzzRequest, Decision>) => (request: FuzzRequest, response: FuzzResponse) => {
    const decision = decisions.get(request)
    const denial = response.status === 401 || response.status === 403 ? response.body?.code : undefined
    if (decision === 'allowed')
      return denial === 'not_signed_in' || denial === 'forbidden' ? 'should be allowed' : undefined
    return denial === decision ? undefined : `should be ${decision}`
  }

/** Sends the requests that must be denied, which must write nothing, then those that must be allowed. */
export const checkAccessMatrix = async (target: Target, { send, ask, note }: Runner): Promise<void> => {
  const all = createCases(target)
  const decisions = new Map(all.map(({ request, decision }) => [request, decision]))
  const denied = all.filter(({ decision }) => decision !== 'allowed').map(({ request }) => request)
  await send(denied, createJudge(decisions))
  const allowed = all.filter(({ decision }) => decision === 'allowed').map(({ request }) => request)
  const inOrder = [...allowed].sort(
    (a, b) => Number(DESTRUCTIVE.has(a.endpoint.id)) - Number(DESTRUCTIVE.has(b.endpoint.id)),
  )
  // signOut is left out, because it would end the caller's session for all later requests.
  for (const request of inOrder.filter(({ endpoint: { id } }) => id !== 'signOut')) {
    const response = await ask(request)
    const wrong = createJudge(decisions)(request, response)
    if (wrong !== undefined) note(request, response, wrong)
  }
}
