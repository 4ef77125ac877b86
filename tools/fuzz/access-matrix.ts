/** Every endpoint with callers of every kind: in comes whom its policy names, and nobody else. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import type { Ledger } from './oracle.ts'
import { addressOf, type CallerName, type Seen, type Sent, type Target } from './target.ts'

type Rule = 'let in' | 'not_signed_in' | 'forbidden'

const ACCOUNTS = new Set<CallerName>([
  'account',
  'customer with a second factor',
  'staff without a second factor',
  'staff',
  'admin',
])

/** What a caller is told by an endpoint for these. */
export const ruleFor = (who: Endpoint['access'], caller: CallerName): Rule => {
  if (who === 'anyone' || who === 'shopper') return 'let in'
  if (who === 'account') return ACCOUNTS.has(caller) ? 'let in' : 'not_signed_in'
  if (caller === 'staff' || caller === 'admin') return 'let in'
  return ACCOUNTS.has(caller) || caller === 'guest' ? 'forbidden' : 'not_signed_in'
}

/** After these there is nobody, or nothing, to try the others with. */
const LAST = new Set(['deleteBook', 'signOut', 'endOtherSessions', 'deleteMe', 'emptyCart'])

type Case = { readonly sent: Sent; readonly rule: Rule }

const cases = (target: Target): Case[] => {
  const callers = Object.keys(target.callers) as CallerName[]
  return ENDPOINTS.flatMap(endpoint => {
    const path = addressOf(target, endpoint)
    const of = (as: CallerName, more: string, who: Endpoint['access']): Case => ({
      sent: { endpoint, as, path: `${path}${more}`, why: `${endpoint.access}${more} by ${as}` },
      rule: ruleFor(who, as),
    })
    const staffOnly = (endpoint.staffQuery ?? []).flatMap(name =>
      callers.map(as => of(as, `?${name}=2026-01-01`, 'staff')),
    )
    return [...callers.map(as => of(as, '', endpoint.access)), ...staffOnly]
  })
}

const judge = (rules: ReadonlyMap<Sent, Rule>) => (sent: Sent, seen: Seen) => {
  const rule = rules.get(sent)
  const turnedAway = seen.status === 401 || seen.status === 403 ? seen.body?.code : undefined
  if (rule === 'let in')
    return turnedAway === 'not_signed_in' || turnedAway === 'forbidden' ? 'should be let in' : undefined
  return turnedAway === rule ? undefined : `should be ${rule}`
}

/** Those who are turned away first, and that nothing is written; then those who are let in. */
export const matrix = async (target: Target, { send, ask, note }: Ledger): Promise<void> => {
  const all = cases(target)
  const rules = new Map(all.map(({ sent, rule }) => [sent, rule]))
  const away = all.filter(({ rule }) => rule !== 'let in').map(({ sent }) => sent)
  await send(away, judge(rules))
  const within = all.filter(({ rule }) => rule === 'let in').map(({ sent }) => sent)
  const inOrder = [...within].sort(
    (a, b) => Number(LAST.has(a.endpoint.id)) - Number(LAST.has(b.endpoint.id)),
  )
  // Whoever signs out first is nobody to the next.
  for (const sent of inOrder.filter(({ endpoint: { id } }) => id !== 'signOut')) {
    const seen = await ask(sent)
    const wrong = judge(rules)(sent, seen)
    if (wrong !== undefined) note(sent, seen, wrong)
  }
}
