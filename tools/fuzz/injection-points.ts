/** Every place of the API that takes something from outside, read from its own document, and what is tried there. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { openApiDocument } from '#src/openapi/document.ts'
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
  /** Of a body the way to the value: `shipping_address.city`. */
  readonly name: string
  readonly kind: 'text' | 'number' | 'other'
}

const valueKind = (value: unknown): InjectionPoint['kind'] =>
  typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'other'

/** The ways to every value in a body, objects and lists on the way included. */
const listPaths = (body: Json, before = ''): [string, unknown][] =>
  Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    const way = `${before}${name}`
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [[way, value], ...(isObject ? listPaths(value, `${way}.`) : [])]
  })

export const listInjectionPoints = ({ bodies }: Pick<Target, 'bodies'>): InjectionPoint[] => {
  const document = openApiDocument(ENDPOINTS, 'http://localhost') as Json
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

/** The groups that are tried in a place, those that are meant for it first. */
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

/** Headers that no client can send are not sent. */
const isSendableHeader = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)

/** A search must be asked for something, or it would be refused for that alone. */
const REQUIRED_QUERY: Readonly<Record<string, string>> = { searchBooks: 'q=clean', suggestBooks: 'q=clean' }

/** What a query begins with, so that more of it may follow. */
export const appendQuery = ({ id }: Endpoint, more: string): string => {
  const asked = REQUIRED_QUERY[id]
  return asked !== undefined && !more.startsWith('q=') ? `?${asked}&${more}` : `?${more}`
}

/** The request that has the entry in this place; undefined where it cannot be sent. */
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

/** Every `nth` entry of a list, from a place of its own, so that few are not always the same. */
export const sampleEvery = <T>(all: readonly T[], nth: number, from = 0): T[] =>
  all.filter((_, i) => (i + from) % nth === 0)

/** All that is tried in all places, every `nth` of it. */
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
