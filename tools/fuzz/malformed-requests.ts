/** What no endpoint may take: bodies that are cut, of another shape, with fields too many or too few; queries that nobody knows. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { entryBytes, entryJson, entryText, readCorpus } from './corpus.ts'
import { appendQuery, sampleEvery } from './injection-points.ts'
import type { Runner } from './oracle.ts'
import {
  allowedCaller,
  type FuzzRequest,
  type FuzzResponse,
  hasJsonBody,
  requiredHeaders,
  type Target,
  validPath,
} from './target.ts'

const requestTo = (
  target: Target,
  endpoint: Endpoint,
  why: string,
  more: Partial<FuzzRequest> = {},
): FuzzRequest => ({
  endpoint,
  as: allowedCaller(endpoint),
  path: validPath(target, endpoint),
  headers: requiredHeaders(endpoint),
  why,
  ...more,
})

const expectRefusal = (status?: number) => (_: FuzzRequest, seen: FuzzResponse) =>
  seen.status < 400 || (status !== undefined && seen.status !== status)
    ? `should be ${status ?? 'refused'}`
    : undefined

/** The body of an endpoint, cut at every `nth` byte: no JSON any more. */
const truncatedBodies = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(hasJsonBody).flatMap((endpoint, from) => {
    const whole = JSON.stringify(target.bodies[endpoint.id])
    const cuts = sampleEvery(
      Array.from(whole, (_, i) => i),
      nth,
      from,
    )
    return cuts.map(i => requestTo(target, endpoint, `cut after ${i}`, { body: whole.slice(0, i) }))
  })

/** The shapes of the corpus, which are at home in the cart, at all the others. */
const wrongShapes = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(one => hasJsonBody(one) && one.id !== 'addCartItem').flatMap((endpoint, from) =>
    sampleEvery(readCorpus('json'), nth, from).map(entry =>
      requestTo(target, endpoint, entry.id, {
        body: entry.raw === undefined ? (entry.json ?? entryText(entry)) : entryBytes(entry),
        headers: { ...requiredHeaders(endpoint), 'content-type': entry.type ?? 'application/json' },
      }),
    ),
  )

const FIELD_VALUES = ['1', '"x"', '{"a":1}', '[]', 'null', '0.01', 'true', '{"S":"x"}']

/** A field that nobody asked for, in whole bodies and where there should be none. */
const unknownFields = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(({ method, body }) => method !== 'GET' && body !== 'image').flatMap((endpoint, from) => {
    const known = hasJsonBody(endpoint) ? target.bodies[endpoint.id] : {}
    const comma = Object.keys(known).length > 0 ? ',' : ''
    const names = readCorpus('fields').filter(entry => !Object.hasOwn(known, entryText(entry)))
    return (
      sampleEvery(names, nth, from)
        // Staff do say what a book costs.
        .filter(
          entry =>
            !(['price', 'status'].includes(entryText(entry)) && endpoint.path.startsWith('/api/books')),
        )
        .map((entry, i) =>
          requestTo(target, endpoint, entry.id, {
            body: JSON.stringify(known).replace(
              /\}$/,
              `${comma}${entryJson(entry)}:${FIELD_VALUES[i % FIELD_VALUES.length]}}`,
            ),
          }),
        )
    )
  })

/** A field too many inside of what is inside a body. */
const unknownNestedFields = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(hasJsonBody).flatMap((endpoint, from) => {
    const whole = target.bodies[endpoint.id]
    const objects = Object.keys(whole).filter(
      name => name.endsWith('address') && typeof whole[name] === 'object',
    )
    return objects.flatMap(name =>
      sampleEvery(readCorpus('fields'), nth, from).map(entry => {
        const inner = JSON.stringify(whole[name]).replace(/\}$/, `,${entryJson(entry)}:"x"}`)
        const body = JSON.stringify({ ...whole, [name]: '@' }).replace('"@"', () => inner)
        return requestTo(target, endpoint, `${entry.id} in ${name}`, { body })
      }),
    )
  })

/** Headers of all kinds at everything that is read. */
const unusualHeaders = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(({ method }) => method === 'GET').flatMap((endpoint, from) =>
    sampleEvery(readCorpus('headers'), nth, from).map(entry =>
      requestTo(target, endpoint, entry.id, { headers: entry.value as Record<string, string> }),
    ),
  )

/** The body without one of its fields: taken where that is optional, refused elsewhere. */
const missingFields = (target: Target): FuzzRequest[] =>
  ENDPOINTS.filter(hasJsonBody).flatMap(endpoint => {
    const whole = target.bodies[endpoint.id]
    return Object.keys(whole).map(name => {
      const { [name]: _, ...less } = whole
      return requestTo(target, endpoint, `without ${name}`, { body: JSON.stringify(less) })
    })
  })

const declaresQuery = ({ query }: Endpoint, text: string): boolean => {
  const shape = (query as { shape?: object } | undefined)?.shape ?? {}
  return Object.hasOwn(shape, text.split(/[=&[]/)[0] ?? '')
}

/** Queries that are no value of what they name, or name what is not known. */
const invalidQueries = (target: Target, nth: number): [FuzzRequest[], FuzzRequest[]] => {
  const [known, unknown]: [FuzzRequest[], FuzzRequest[]] = [[], []]
  for (const [from, endpoint] of ENDPOINTS.entries())
    for (const entry of sampleEvery(readCorpus('queries'), nth, from)) {
      const text = entryText(entry)
      const body = hasJsonBody(endpoint) ? { body: JSON.stringify(target.bodies[endpoint.id]) } : {}
      const path = `${validPath(target, endpoint)}${appendQuery(endpoint, text)}`
      ;(declaresQuery(endpoint, text) ? known : unknown).push(
        requestTo(target, endpoint, entry.id, { path, ...body }),
      )
    }
  return [known, unknown]
}

/** Every `nth` of all that; nothing of it is taken but what a field that is optional leaves out. */
export const sendMalformedRequests = async (target: Target, { send }: Runner, nth: number): Promise<void> => {
  await send(truncatedBodies(target, nth), expectRefusal(400))
  await send(wrongShapes(target, nth))
  await send(unknownFields(target, Math.ceil(nth / 4)), expectRefusal(400))
  await send(unknownNestedFields(target, Math.ceil(nth / 4)), expectRefusal(400))
  await send(missingFields(target))
  await send(unusualHeaders(target, Math.ceil(nth / 4)), (_, { status }) =>
    [200, 304, 400, 401, 403, 404].includes(status) ? undefined : `is ${status}`,
  )
  const [known, unknown] = invalidQueries(target, Math.ceil(nth / 4))
  await send(known, expectRefusal())
  // `&&&` asks for nothing.
  await send(unknown, (sent, seen) => (sent.path.endsWith('&&&') ? undefined : expectRefusal()(sent, seen)))
}
