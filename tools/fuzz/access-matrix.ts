/** Every endpoint with callers of every kind: in comes whom its policy names, and nobody else. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import type { Runner } from './oracle.ts'
import { type CallerName, type FuzzRequest, type FuzzResponse, type Target, validPath } from './target.ts'

type Decision = 'let in' | 'not_signed_in' | 'forbidden'

const ACCOUNTS = new Set<CallerName>([
  'account',
  'customer with a second factor',
  'staff without a second factor',
  'staff',
  'admin',
])

/** What a caller is told by an endpoint for these. */
export const expectedDecision = (who: Endpoint['access'], caller: CallerName): Decision => {
  if (who === 'anyone' || who === 'shopper') return 'let in'
  if (who === 'account') return ACCOUNTS.has(caller) ? 'let in' : 'not_signed_in'
  if (caller === 'staff' || caller === 'admin') return 'let in'
  return ACCOUNTS.has(caller) || caller === 'guest' ? 'forbidden' : 'not_signed_in'
}

/** After these there is nobody, or nothing, to try the others with. */
const DESTRUCTIVE = new Set(['deleteBook', 'signOut', 'endOtherSessions', 'deleteMe', 'emptyCart'])

type Case = { readonly request: FuzzRequest; readonly decision: Decision }

const createCases = (target: Target): Case[] => {
  const callers = Object.keys(target.callers) as CallerName[]
  return ENDPOINTS.flatMap(endpoint => {
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
  (decisions: ReadonlyMap<FuzzRequest, Decision>) => (sent: FuzzRequest, seen: FuzzResponse) => {
    const rule = decisions.get(sent)
    const turnedAway = seen.status === 401 || seen.status === 403 ? seen.body?.code : undefined
    if (rule === 'let in')
      return turnedAway === 'not_signed_in' || turnedAway === 'forbidden' ? 'should be let in' : undefined
    return turnedAway === rule ? undefined : `should be ${rule}`
  }

/** Those who are turned away first, and that nothing is written; then those who are let in. */
export const checkAccessMatrix = async (target: Target, { send, ask, note }: Runner): Promise<void> => {
  const all = createCases(target)
  const decisions = new Map(all.map(({ request, decision }) => [request, decision]))
  const denied = all.filter(({ decision }) => decision !== 'let in').map(({ request }) => request)
  await send(denied, createJudge(decisions))
  const allowed = all.filter(({ decision }) => decision === 'let in').map(({ request }) => request)
  const inOrder = [...allowed].sort(
    (a, b) => Number(DESTRUCTIVE.has(a.endpoint.id)) - Number(DESTRUCTIVE.has(b.endpoint.id)),
  )
  // Whoever signs out first is nobody to the next.
  for (const sent of inOrder.filter(({ endpoint: { id } }) => id !== 'signOut')) {
    const seen = await ask(sent)
    const wrong = createJudge(decisions)(sent, seen)
    if (wrong !== undefined) note(sent, seen, wrong)
  }
}
