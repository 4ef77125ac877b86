/** Every place of the API that takes something from outside, read from its own document, and what is tried there. */
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Endpoint } from '#src/http/endpoint.ts'
import { openApiDocument } from '#src/openapi/document.ts'
import type { Json } from '../../test/kit.ts'
import { corpus, type Entry, encoded, jsonOf, textOf } from './corpus.ts'
import { addressOf, hasJson, mayCall, neededHeaders, type Sent, type Target } from './target.ts'

export type Place = {
  readonly endpoint: Endpoint
  readonly in: 'path' | 'query' | 'header' | 'body'
  /** Of a body the way to the value: `shipping_address.city`. */
  readonly name: string
  readonly kind: 'text' | 'number' | 'other'
}

const kindOf = (value: unknown): Place['kind'] =>
  typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'other'

/** The ways to every value in a body, objects and lists on the way included. */
const waysIn = (body: Json, before = ''): [string, unknown][] =>
  Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    const way = `${before}${name}`
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [[way, value], ...(isObject ? waysIn(value, `${way}.`) : [])]
  })

export const placesOf = ({ bodies }: Pick<Target, 'bodies'>): Place[] => {
  const document = openApiDocument(ENDPOINTS, 'http://localhost') as Json
  return ENDPOINTS.flatMap(endpoint => {
    const { parameters } = document.paths[endpoint.path][endpoint.method.toLowerCase()]
    const named = parameters.map((one: Json) => ({
      endpoint,
      in: one.in,
      name: one.name.toLowerCase(),
      kind: ['integer', 'number'].includes(one.schema?.type) ? 'number' : 'text',
    }))
    if (!hasJson(endpoint)) return named
    const body = bodies[endpoint.id]
    if (!body) throw new Error(`say in target.ts what ${endpoint.id} takes`)
    return [
      ...named,
      ...waysIn(body).map(([name, value]) => ({ endpoint, in: 'body', name, kind: kindOf(value) })),
    ]
  })
}

/** The groups that are tried in a place, those that are meant for it first. */
export const groupsFor = ({ in: where, name, kind }: Place): readonly string[] => {
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

const MARK = '\u0001here\u0001'

const bodyWith = (body: Json, way: string, json: string): string => {
  const copy = structuredClone(body)
  const names = way.split('.')
  const last = names.pop() ?? ''
  let inner = copy
  for (const name of names) inner = inner[name]
  inner[last] = MARK
  return JSON.stringify(copy).replace(JSON.stringify(MARK), () => json)
}

/** Headers that no client can send are not sent. */
const isHeader = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)

/** A search must be asked for something, or it would be refused for that alone. */
const ASKED: Readonly<Record<string, string>> = { searchBooks: 'q=clean', suggestBooks: 'q=clean' }

/** What a query begins with, so that more of it may follow. */
export const queryOf = ({ id }: Endpoint, more: string): string => {
  const asked = ASKED[id]
  return asked !== undefined && !more.startsWith('q=') ? `?${asked}&${more}` : `?${more}`
}

/** The request that has the entry in this place; undefined where it cannot be sent. */
export const requestAt = (target: Target, place: Place, entry: Entry): Sent | undefined => {
  const { endpoint, in: where, name } = place
  const as = mayCall(endpoint)
  const body = hasJson(endpoint) ? JSON.stringify(target.bodies[endpoint.id]) : undefined
  const headers = neededHeaders(endpoint)
  const usual = {
    endpoint,
    as,
    path: addressOf(target, endpoint),
    headers,
    why: `${entry.id} in ${where} ${name}`,
  }
  const withBody = body === undefined ? usual : { ...usual, body }
  if (where === 'body') return { ...usual, body: bodyWith(target.bodies[endpoint.id], name, jsonOf(entry)) }
  if (where === 'header') {
    const text = textOf(entry)
    return isHeader(text) ? { ...withBody, headers: { ...headers, [name]: text } } : undefined
  }
  if (where === 'query') {
    const query = queryOf(endpoint, `${name}=${entry.path ?? encoded(textOf(entry))}`)
    return { ...withBody, path: `${usual.path}${query}` }
  }
  const path = addressOf({ ids: { ...target.ids, [name]: entry.path ?? encoded(textOf(entry)) } }, endpoint)
  return { ...withBody, path, elsewhere: true }
}

/** Every `nth` entry of a list, from a place of its own, so that few are not always the same. */
export const some = <T>(all: readonly T[], nth: number, from = 0): T[] =>
  all.filter((_, i) => (i + from) % nth === 0)

/** All that is tried in all places, every `nth` of it. */
export const requestsAtPlaces = (target: Target, nth: number): Sent[] => {
  const entries = new Map<string, Entry[]>()
  const of = (group: string) => {
    const found = entries.get(group) ?? corpus(group)
    entries.set(group, found)
    return found
  }
  return placesOf(target).flatMap((place, i) =>
    some(groupsFor(place).flatMap(of), nth, i).flatMap(entry => requestAt(target, place, entry) ?? []),
  )
}
