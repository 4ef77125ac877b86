/** What no endpoint may take: bodies that are cut, of another shape, with fields too many or too few; queries that nobody knows. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { bytesOf, corpus, jsonOf, textOf } from './corpus.ts'
import { queryOf, some } from './injection-points.ts'
import type { Ledger } from './oracle.ts'
import { addressOf, hasJson, mayCall, neededHeaders, type Seen, type Sent, type Target } from './target.ts'

const to = (target: Target, endpoint: Endpoint, why: string, more: Partial<Sent> = {}): Sent => ({
  endpoint,
  as: mayCall(endpoint),
  path: addressOf(target, endpoint),
  headers: neededHeaders(endpoint),
  why,
  ...more,
})

const mustRefuse = (status?: number) => (_: Sent, seen: Seen) =>
  seen.status < 400 || (status !== undefined && seen.status !== status)
    ? `should be ${status ?? 'refused'}`
    : undefined

/** The body of an endpoint, cut at every `nth` byte: no JSON any more. */
const cutBodies = (target: Target, nth: number): Sent[] =>
  ENDPOINTS.filter(hasJson).flatMap((endpoint, from) => {
    const whole = JSON.stringify(target.bodies[endpoint.id])
    const cuts = some(
      Array.from(whole, (_, i) => i),
      nth,
      from,
    )
    return cuts.map(i => to(target, endpoint, `cut after ${i}`, { body: whole.slice(0, i) }))
  })

/** The shapes of the corpus, which are at home in the cart, at all the others. */
const otherShapes = (target: Target, nth: number): Sent[] =>
  ENDPOINTS.filter(one => hasJson(one) && one.id !== 'addCartItem').flatMap((endpoint, from) =>
    some(corpus('json'), nth, from).map(entry =>
      to(target, endpoint, entry.id, {
        body: entry.raw === undefined ? (entry.json ?? textOf(entry)) : bytesOf(entry),
        headers: { ...neededHeaders(endpoint), 'content-type': entry.type ?? 'application/json' },
      }),
    ),
  )

const VALUES = ['1', '"x"', '{"a":1}', '[]', 'null', '0.01', 'true', '{"S":"x"}']

/** A field that nobody asked for, in whole bodies and where there should be none. */
const forgedFields = (target: Target, nth: number): Sent[] =>
  ENDPOINTS.filter(({ method, body }) => method !== 'GET' && body !== 'image').flatMap((endpoint, from) => {
    const known = hasJson(endpoint) ? target.bodies[endpoint.id] : {}
    const comma = Object.keys(known).length > 0 ? ',' : ''
    const names = corpus('fields').filter(entry => !Object.hasOwn(known, textOf(entry)))
    return (
      some(names, nth, from)
        // Staff do say what a book costs.
        .filter(
          entry => !(['price', 'status'].includes(textOf(entry)) && endpoint.path.startsWith('/api/books')),
        )
        .map((entry, i) =>
          to(target, endpoint, entry.id, {
            body: JSON.stringify(known).replace(
              /\}$/,
              `${comma}${jsonOf(entry)}:${VALUES[i % VALUES.length]}}`,
            ),
          }),
        )
    )
  })

/** A field too many inside of what is inside a body. */
const forgedWithin = (target: Target, nth: number): Sent[] =>
  ENDPOINTS.filter(hasJson).flatMap((endpoint, from) => {
    const whole = target.bodies[endpoint.id]
    const objects = Object.keys(whole).filter(
      name => name.endsWith('address') && typeof whole[name] === 'object',
    )
    return objects.flatMap(name =>
      some(corpus('fields'), nth, from).map(entry => {
        const inner = JSON.stringify(whole[name]).replace(/\}$/, `,${jsonOf(entry)}:"x"}`)
        const body = JSON.stringify({ ...whole, [name]: '@' }).replace('"@"', () => inner)
        return to(target, endpoint, `${entry.id} in ${name}`, { body })
      }),
    )
  })

/** Headers of all kinds at everything that is read. */
const oddHeaders = (target: Target, nth: number): Sent[] =>
  ENDPOINTS.filter(({ method }) => method === 'GET').flatMap((endpoint, from) =>
    some(corpus('headers'), nth, from).map(entry =>
      to(target, endpoint, entry.id, { headers: entry.value as Record<string, string> }),
    ),
  )

/** The body without one of its fields: taken where that is optional, refused elsewhere. */
const fewerFields = (target: Target): Sent[] =>
  ENDPOINTS.filter(hasJson).flatMap(endpoint => {
    const whole = target.bodies[endpoint.id]
    return Object.keys(whole).map(name => {
      const { [name]: _, ...less } = whole
      return to(target, endpoint, `without ${name}`, { body: JSON.stringify(less) })
    })
  })

const knows = ({ query }: Endpoint, text: string): boolean => {
  const shape = (query as { shape?: object } | undefined)?.shape ?? {}
  return Object.hasOwn(shape, text.split(/[=&[]/)[0] ?? '')
}

/** Queries that are no value of what they name, or name what is not known. */
const queries = (target: Target, nth: number): [Sent[], Sent[]] => {
  const [known, unknown]: [Sent[], Sent[]] = [[], []]
  for (const [from, endpoint] of ENDPOINTS.entries())
    for (const entry of some(corpus('queries'), nth, from)) {
      const text = textOf(entry)
      const body = hasJson(endpoint) ? { body: JSON.stringify(target.bodies[endpoint.id]) } : {}
      const path = `${addressOf(target, endpoint)}${queryOf(endpoint, text)}`
      ;(knows(endpoint, text) ? known : unknown).push(to(target, endpoint, entry.id, { path, ...body }))
    }
  return [known, unknown]
}

/** Every `nth` of all that; nothing of it is taken but what a field that is optional leaves out. */
export const badBodies = async (target: Target, { send }: Ledger, nth: number): Promise<void> => {
  await send(cutBodies(target, nth), mustRefuse(400))
  await send(otherShapes(target, nth))
  await send(forgedFields(target, Math.ceil(nth / 4)), mustRefuse(400))
  await send(forgedWithin(target, Math.ceil(nth / 4)), mustRefuse(400))
  await send(fewerFields(target))
  await send(oddHeaders(target, Math.ceil(nth / 4)), (_, { status }) =>
    [200, 304, 400, 401, 403, 404].includes(status) ? undefined : `is ${status}`,
  )
  const [known, unknown] = queries(target, Math.ceil(nth / 4))
  await send(known, mustRefuse())
  // `&&&` asks for nothing.
  await send(unknown, (sent, seen) => (sent.path.endsWith('&&&') ? undefined : mustRefuse()(sent, seen)))
}
