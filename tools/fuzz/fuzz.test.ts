/** A short run of everything hostile against the shop; and the oracle itself, against shops that are at fault. */
import { expect, test, vi } from 'vitest'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import type { Json } from '../../test/kit.ts'
import { expectedDecision } from './access-matrix.ts'
import { listCorpusGroups, readCorpus } from './corpus.ts'
import { GROUPS_WITH_OWN_PASS, GROUPS_WITH_TARGET } from './expectations.ts'
import { fuzz } from './fuzz.ts'
import { groupsFor, injectEntry, listInjectionPoints } from './injection-points.ts'
import { createRunner, findFaults } from './oracle.ts'
import { sendRandomRequests } from './random-requests.ts'
import {
  createTarget,
  type FuzzRequest,
  type FuzzResponse,
  findEndpoint,
  hasJsonBody,
  type Target,
} from './target.ts'

// A hash takes as long as a hundred requests; that too many wait is tried elsewhere.
vi.mock('@node-rs/argon2', () => ({
  hash: async (password: string) => `$quick$${password}`,
  verify: async (kept: string, password: string) => kept === `$quick$${password}`,
}))

test('bad input, forged credentials and odd orders of things leave the shop as it was, and standing', async () => {
  const rows = await fuzz({ quick: true })
  for (const { what, faults } of rows) expect(faults, what).toEqual([])
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(2_500)
}, 120_000)

test('the corpus is whole: each entry has a reason and an end, and each group a place where it is tried', () => {
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

test('every parameter and every field of every body is a place', async () => {
  const target = await createTarget()
  const places = listInjectionPoints(target)
  for (const endpoint of ENDPOINTS) {
    const own = places.filter(place => place.endpoint === endpoint)
    for (const [, name] of endpoint.path.matchAll(/\{(\w+)\}/g))
      expect(own, endpoint.id).toContainEqual(expect.objectContaining({ in: 'path', name }))
    if (!hasJsonBody(endpoint)) continue
    // What its schema knows is in the body that is bent, so that nothing is left out.
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
    ...headers,
  }),
  ms,
})

test.each<[string, string, FuzzResponse]>([
  ['is a 500', 'getBook', seen(500, { ...PROBLEM, status: 500, code: 'internal_error' })],
  ['took', 'getBook', seen(404, PROBLEM, {}, 2_500)],
  ['no problem document', 'getBook', seen(404, PROBLEM, { 'content-type': 'application/json' })],
  ['closed list', 'getBook', seen(404, { ...PROBLEM, code: 'gone_fishing' })],
  ['closed list', 'getBook', seen(400, PROBLEM)],
  ['not declared', 'getCart', seen(404, PROBLEM)],
  ['sets a cookie', 'getBook', seen(404, PROBLEM, { 'set-cookie': 'a=b' })],
  ['may be kept', 'getBook', seen(404, PROBLEM, { 'cache-control': 'public' })],
  ['of the inside', 'getBook', seen(404, { ...PROBLEM, detail: 'no item in cloudshelf-books' })],
  ['of the inside', 'getBook', seen(404, { ...PROBLEM, detail: 'at find (/shop/src/catalog/find.ts:12:3)' })],
  ['does not declare', 'whoAmI', seen(200, { signed_in: false, password_hash: 'x' })],
  ['not what it declares', 'whoAmI', seen(200, { signed_in: 'no' })],
  ['private and may be kept', 'whoAmI', seen(200, { signed_in: false }, { 'cache-control': 'public' })],
  ['public and sets a cookie', 'listCategories', seen(200, { items: [] }, { 'set-cookie': 'a=b' })],
])('the oracle sees an answer that %s (%s)', (fault, id, answer) => {
  expect(findFaults(sent(id), answer).join()).toContain(fault)
})

test('the oracle is content with what is well', () => {
  expect(findFaults(sent('getBook'), seen(404, PROBLEM))).toEqual([])
  expect(findFaults(sent('whoAmI'), seen(200, { signed_in: false }))).toEqual([])
})

/** A target whose shop does something else as well, whenever it answers with this status. */
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

test('what a refused request writes is found, alone and among requests that are taken', async () => {
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

test('a fault that only some requests meet is found at random, and made small', async () => {
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

test('no caller is let in by mistake: the rules are the policies', () => {
  expect(expectedDecision('staff', 'staff without a second factor')).toBe('forbidden')
  expect(expectedDecision('staff', 'customer with a second factor')).toBe('forbidden')
  expect(expectedDecision('staff', 'signed out')).toBe('not_signed_in')
  expect(expectedDecision('account', 'guest')).toBe('not_signed_in')
  expect(expectedDecision('staff', 'admin')).toBe('let in')
})

test('half a character, a line break and a long text each come to where they are sent', async () => {
  const target = await createTarget()
  const [place] = listInjectionPoints(target).filter(one => one.endpoint.id === 'getBook')
  if (!place) throw new Error('no place in getBook')
  const at = (value: string) => injectEntry(target, place, { id: 'x', why: 'x', expect: 400, value })?.path
  expect(at('\ud800')).toBe('/api/books/%ED%A0%80')
  expect(at('a\r\nb')).toBe('/api/books/a%0D%0Ab')
})
