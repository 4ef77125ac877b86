/** Short fuzzing run against the shop, and tests of the oracle against faulty shops. */
import { expect, test, vi } from 'vitest'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Json } from '../../test/kit.ts'
import { expectedDecision } from './access-matrix.ts'
import { listCorpusGroups, readCorpus } from './corpus.ts'
import { GROUPS_WITH_OWN_PASS, GROUPS_WITH_TARGET } from './expectations.ts'
import { fuzz } from './fuzz.ts'
import { groupsFor, injectEntry, listInjectionPoints } from './injection-points.ts'
import { findFaults } from './oracle.ts'
import { sendRandomRequests } from './random-requests.ts'
import { createRunner } from './runner.ts'
import {
  createTarget,
  type FuzzRequest,
  type FuzzResponse,
  findEndpoint,
  hasJsonBody,
  type Target,
} from './target.ts'

// Password hashing would take as long as a hundred requests; its queue limit is tested elsewhere.
vi.mock('@node-rs/argon2', () => ({
  hash: async (password: string) => `$quick$${password}`,
  verify: async (kept: string, password: string) => kept === `$quick$${password}`,
}))

test('invalid input, forged credentials and unusual request orders neither change data nor break the shop', async () => {
  const results = await fuzz({ quick: true })
  for (const { title, faults } of results) expect(faults, title).toEqual([])
  expect(results.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(2_500)
}, 120_000)

test('every corpus entry has a reason and an expectation, and every group is used by a pass', () => {
  const groups = listCorpusGroups()
  const all = groups.flatMap(readCorpus)
  expect(all.length).toBeGreaterThan(900)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  for (const { id, why, expect: end } of all)
    expect([id, why !== '', end !== undefined]).toEqual([id, true, true])
  expect(
    groups.filter(group => !GROUPS_WITH_TARGET.includes(group) && !GROUPS_WITH_OWN_PASS.includes(group)),
  ).toEqual([])
})

test('every parameter and every body field is an injection point', async () => {
  const target = await createTarget()
  const places = listInjectionPoints(target)
  for (const endpoint of ENDPOINTS) {
    const own = places.filter(place => place.endpoint === endpoint)
    for (const [, name] of endpoint.path.matchAll(/\{(\w+)\}/g))
      expect(own, endpoint.id).toContainEqual(expect.objectContaining({ in: 'path', name }))
    if (!hasJsonBody(endpoint)) continue
    // Valid bodies contain every field of the schema, so that no injection point is missed.
    const shape = (endpoint.body as { shape?: object }).shape ?? {}
    const optional = new Set(['stock_quantity', 'status', 'link', 'next', 'name'])
    for (const name of Object.keys(shape).filter(one => !optional.has(one)))
      expect(own, `${endpoint.id} ${name}`).toContainEqual(expect.objectContaining({ in: 'body', name }))
  }
  for (const place of places) expect(groupsFor(place).length, place.name).toBeGreaterThan(1)
})

const sent = (id: string, more: Partial<FuzzRequest> = {}): FuzzRequest => ({
  endpoint: findEndpoint(id),
  as: 'guest',
  path: findEndpoint(id).path,
  why: 'a test',
  ...more,
})
const PROBLEM = { type: 'about:blank', title: 'A', status: 404, code: 'book_not_found', detail: 'B' }

const seen = (status: number, body: Json, headers: Record<string, string> = {}, ms = 1): FuzzResponse => ({
  status,
  body,
  text: JSON.stringify(body),
  headers: new Headers({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  }),
  ms,
})

test.each<[string, string, FuzzResponse]>([
  ['is a 500', 'getBook', seen(500, { ...PROBLEM, status: 500, code: 'internal_error' })],
  ['took', 'getBook', seen(404, PROBLEM, {}, 2_500)],
  ['not a problem document', 'getBook', seen(404, PROBLEM, { 'content-type': 'application/json' })],
  ['known code', 'getBook', seen(404, { ...PROBLEM, code: 'gone_fishing' })],
  ['known code', 'getBook', seen(400, PROBLEM)],
  ['undeclared code', 'getCart', seen(404, PROBLEM)],
  ['guess its type', 'getBook', seen(404, PROBLEM, { 'x-content-type-options': '' })],
  ['sets a cookie', 'getBook', seen(404, PROBLEM, { 'set-cookie': 'a=b' })],
  ['cacheable although', 'getBook', seen(404, PROBLEM, { 'cache-control': 'public' })],
  ['reveals internals', 'getBook', seen(404, { ...PROBLEM, detail: 'no item in cloudshelf-books' })],
  [
    'reveals internals',
    'getBook',
    seen(404, { ...PROBLEM, detail: 'at find (/shop/src/catalog/find.ts:12:3)' }),
  ],
  ['undeclared fields', 'whoAmI', seen(200, { signed_in: false, password_hash: 'x' })],
  ['not match its schema', 'whoAmI', seen(200, { signed_in: 'no' })],
  ['private but cacheable', 'whoAmI', seen(200, { signed_in: false }, { 'cache-control': 'public' })],
  ['public but sets a cookie', 'listCategories', seen(200, { items: [] }, { 'set-cookie': 'a=b' })],
])('the oracle reports a response that %s (%s)', (fault, id, answer) => {
  expect(findFaults(sent(id), answer).join()).toContain(fault)
})

test('the oracle accepts correct responses', () => {
  expect(findFaults(sent('getBook'), seen(404, PROBLEM))).toEqual([])
  expect(findFaults(sent('whoAmI'), seen(200, { signed_in: false }))).toEqual([])
})

/** A target whose shop does something else too when it responds with this status. */
const faulty = (target: Target, status: number, does: () => Promise<unknown>): Target => {
  return {
    ...target,
    send: async request => {
      const answer = await target.send(request)
      if (answer.status === status) await does()
      return answer
    },
  }
}

test('a write by a refused request is detected, alone and among accepted requests', async () => {
  const target = await createTarget()
  const { db, names } = target.shop.deps
  const leak = () =>
    db.write({ action: 'Put', table: names.control, item: { pk: 'leak', sk: crypto.randomUUID() } })
  const bad = sent('addCartItem', { path: '/api/cart/items', body: '{"book_id":"tech-001","quantity":0}' })
  const good = sent('addCartItem', { path: '/api/cart/items', body: '{"book_id":"tech-002"}' })
  for (const requests of [[bad], [bad, good], [good, bad, good]]) {
    const [clean, dirty] = [createRunner(target), createRunner(faulty(target, 400, leak))]
    await clean.send(requests)
    expect(clean.faults).toEqual([])
    await dirty.send(requests)
    expect(dirty.faults.map(({ fault }) => fault)).toEqual([expect.stringContaining('has written')])
  }
})

test('a rare fault is found by random requests and shrunk to a minimal one', async () => {
  const target = await createTarget()
  const breaks = {
    ...target,
    send: async (request: FuzzRequest) => {
      const answer = await target.send(request)
      return request.path.includes('limit=') ? { ...answer, status: 500 } : answer
    },
  }
  const book = createRunner(breaks)
  await sendRandomRequests(breaks, book, 500, 1)
  expect(book.faults).toHaveLength(1)
  expect(book.faults[0]?.fault).toMatch(/seed 1, \d+ times smaller.*limit=/)
})

test('the access matrix admits each kind of caller as documented', () => {
  expect(expectedDecision('staff', 'staff without a second factor')).toBe('forbidden')
  expect(expectedDecision('staff', 'customer with a second factor')).toBe('forbidden')
  expect(expectedDecision('staff', 'signed out')).toBe('not_signed_in')
  expect(expectedDecision('account', 'guest')).toBe('not_signed_in')
  expect(expectedDecision('staff', 'admin')).toBe('allowed')
})

test('lone surrogates and line breaks reach their injection point', async () => {
  const target = await createTarget()
  const [place] = listInjectionPoints(target).filter(one => one.endpoint.id === 'getBook')
  if (!place) throw new Error('no place in getBook')
  const at = (value: string) => injectEntry(target, place, { id: 'x', why: 'x', expect: 400, value })?.path
  expect(at('\ud800')).toBe('/api/books/%ED%A0%80')
  expect(at('a\r\nb')).toBe('/api/books/a%0D%0Ab')
})
