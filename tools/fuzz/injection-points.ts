/** Injection points: every parameter and body field of the API, read from its OpenAPI document. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { createOpenApiDocument } from '#src/openapi/document.ts'
import type { Json } from '../../test/kit.ts'
import { type CorpusEntry, entryJson, entryText, percentEncode, readCorpus } from './corpus.ts'
import {
  allowedCaller,
  type FuzzRequest,
  hasJsonBody,
  requiredHeaders,
  type Target,
  validPath,
} from './target.ts'

export type InjectionPoint = {
  readonly endpoint: Endpoint
  readonly in: 'path' | 'query' | 'header' | 'body'
  /** For a body field its path, for example `shipping_address.city`. */
  readonly name: string
  readonly kind: 'text' | 'number' | 'other'
}

const valueKind = (value: unknown): InjectionPoint['kind'] =>
  typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'other'

/** Lists the paths of all values in a body, including objects and lists. */
const listPaths = (body: Json, before = ''): [string, unknown][] =>
  Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    const way = `${before}${name}`
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [[way, value], ...(isObject ? listPaths(value, `${way}.`) : [])]
  })

export const listInjectionPoints = ({ bodies }: Pick<Target, 'bodies'>): InjectionPoint[] => {
  const document = createOpenApiDocument(ENDPOINTS, 'http://localhost') as Json
  return ENDPOINTS.flatMap(endpoint => {
    const { parameters } = document.paths[endpoint.path][endpoint.method.toLowerCase()]
    const named = parameters.map((one: Json) => ({
      endpoint,
      in: one.in,
      name: one.name.toLowerCase(),
      kind: ['integer', 'number'].includes(one.schema?.type) ? 'number' : 'text',
    }))
    if (!hasJsonBody(endpoint)) return named
    const body = bodies[endpoint.id]
    if (!body) throw new Error(`say in target.ts what ${endpoint.id} takes`)
    return [
      ...named,
      ...listPaths(body).map(([name, value]) => ({ endpoint, in: 'body', name, kind: valueKind(value) })),
    ]
  })
}

/** Corpus groups for an injection point, the most specific first. */
export const groupsFor = ({ in: where, name, kind }: InjectionPoint): readonly string[] => {
  const last = name.split('.').at(-1) ?? name
  const own = last.includes('password')
    ? ['passwords']
    : last === 'image_url'
      ? ['urls']
      : last === 'email'
        ? ['emails']
        : last === 'cursor'
          ? ['cursors']
          : last === 'idempotency-key'
            ? ['idempotency-keys']
            : ['token', 'state', 'code', 'if-match'].includes(last)
              ? ['tokens']
              : /_id$|^id$/.test(last)
                ? ['keys']
                : []
  const usual = kind === 'number' ? ['numbers', 'expressions'] : ['strings', 'expressions', 'numbers']
  return [...own, ...(where === 'path' ? ['keys', 'strings'] : usual)].filter(
    (one, i, all) => all.indexOf(one) === i,
  )
}

const PLACEHOLDER = '\u0001here\u0001'

const injectIntoBody = (body: Json, way: string, json: string): string => {
  const copy = structuredClone(body)
  const names = way.split('.')
  const last = names.pop() ?? ''
  let inner = copy
  for (const name of names) inner = inner[name]
  inner[last] = PLACEHOLDER
  return JSON.stringify(copy).replace(JSON.stringify(PLACEHOLDER), () => json)
}

/** Whether a client can send this text as a header. */
const isSendableHeader = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)

/** Query that these endpoints require, without which they would refuse every request. */
const REQUIRED_QUERY: Readonly<Record<string, string>> = { searchBooks: 'q=clean', suggestBooks: 'q=clean' }

/** Appends to the required query of an endpoint. */
export const appendQuery = ({ id }: Endpoint, more: string): string => {
  const asked = REQUIRED_QUERY[id]
  return asked !== undefined && !more.startsWith('q=') ? `?${asked}&${more}` : `?${more}`
}

/** The request with the entry at this injection point; undefined if it cannot be sent. */
export const injectEntry = (
  target: Target,
  point: InjectionPoint,
  entry: CorpusEntry,
): FuzzRequest | undefined => {
  const { endpoint, in: where, name } = point
  const as = allowedCaller(endpoint)
  const body = hasJsonBody(endpoint) ? JSON.stringify(target.bodies[endpoint.id]) : undefined
  const headers = requiredHeaders(endpoint)
  const usual = {
    endpoint,
    as,
    path: validPath(target, endpoint),
    headers,
    why: `${entry.id} in ${where} ${name}`,
  }
  const withBody = body === undefined ? usual : { ...usual, body }
  if (where === 'body')
    return { ...usual, body: injectIntoBody(target.bodies[endpoint.id], name, entryJson(entry)) }
  if (where === 'header') {
    const text = entryText(entry)
    return isSendableHeader(text) ? { ...withBody, headers: { ...headers, [name]: text } } : undefined
  }
  if (where === 'query') {
    const query = appendQuery(endpoint, `${name}=${entry.path ?? percentEncode(entryText(entry))}`)
    return { ...withBody, path: `${usual.path}${query}` }
  }
  const path = validPath(
    { ids: { ...target.ids, [name]: entry.path ?? percentEncode(entryText(entry)) } },
    endpoint,
  )
  return { ...withBody, path, mayReroute: true }
}

/** Every `nth` item of a list; `from` shifts the selection, so that different points get different entries. */
export const sampleEvery = <T>(all: readonly T[], nth: number, from = 0): T[] =>
  all.filter((_, i) => (i + from) % nth === 0)

/** Every `nth` combination of injection points and corpus entries. */
export const createInjectedRequests = (target: Target, nth: number): FuzzRequest[] => {
  const entries = new Map<string, CorpusEntry[]>()
  const of = (group: string) => {
    const found = entries.get(group) ?? readCorpus(group)
    entries.set(group, found)
    return found
  }
  return listInjectionPoints(target).flatMap((point, i) =>
    sampleEvery(groupsFor(point).flatMap(of), nth, i).flatMap(
      entry => injectEntry(target, point, entry) ?? [],
    ),
  )
}
