/** Malformed requests that every endpoint must refuse: truncated bodies, wrong shapes, unknown or missing fields, invalid queries. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { entryBytes, entryJson, entryText, readCorpus } from './corpus.ts'
import { appendQuery, sampleEvery } from './injection-points.ts'
import type { Runner } from './runner.ts'
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

const expectRefusal = (status?: number) => (_: FuzzRequest, response: FuzzResponse) =>
  response.status < 400 || (status !== undefined && response.status !== status)
    ? `should be ${status ?? 'refused'}`
    : undefined

/** Valid bodies truncated after every `nth` byte, which is invalid JSON. */
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

/** The JSON group of the corpus, at all endpoints except its primary target. */
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

/** Unknown fields, in valid bodies and where no body is expected. */
const unknownFields = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(({ method, body }) => method !== 'GET' && body !== 'bytes').flatMap((endpoint, from) => {
    const known = hasJsonBody(endpoint) ? target.bodies[endpoint.id] : {}
    const comma = Object.keys(known).length > 0 ? ',' : ''
    const names = readCorpus('fields').filter(entry => !Object.hasOwn(known, entryText(entry)))
    return (
      sampleEvery(names, nth, from)
        // Staff may set price and status.
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

/** Unknown fields in nested objects. */
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

/** Unusual headers at every GET endpoint. */
const unusualHeaders = (target: Target, nth: number): FuzzRequest[] =>
  ENDPOINTS.filter(({ method }) => method === 'GET').flatMap((endpoint, from) =>
    sampleEvery(readCorpus('headers'), nth, from).map(entry =>
      requestTo(target, endpoint, entry.id, { headers: entry.value as Record<string, string> }),
    ),
  )

/** Bodies without one of their fields: accepted if it is optional, otherwise refused. */
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

/** Queries with an invalid value, and queries with an unknown name. */
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

/** Sends every `nth` malformed request; only missing optional fields may be accepted. */
export const sendMalformedRequests = async (target: Target, { send }: Runner, nth: number): Promise<void> => {
  await send(truncatedBodies(target, nth), expectRefusal(400))
  await send(wrongShapes(target, nth))
  await send(unknownFields(target, Math.ceil(nth / 4)), expectRefusal(400))
  await send(unknownNestedFields(target, Math.ceil(nth / 4)), expectRefusal(400))
  await send(missingFields(target))
  // The shop runs without the database of the reports.
  await send(unusualHeaders(target, Math.ceil(nth / 4)), (_, { status, body }) =>
    [200, 304, 400, 401, 403, 404].includes(status) || body?.code === 'reports_off'
      ? undefined
      : `is ${status}`,
  )
  const [known, unknown] = invalidQueries(target, Math.ceil(nth / 4))
  await send(known, expectRefusal())
  // `&&&` is an empty query.
  await send(unknown, (request, response) =>
    request.path.endsWith('&&&') ? undefined : expectRefusal()(request, response),
  )
}
