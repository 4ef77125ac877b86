import { expect, test } from 'vitest'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import { createFreshnessCheck, createPageCache } from './page-cache.ts'

const liveIndexAt = () => {
  const state = {
    contentVersion: 1,
    editVersion: 1,
    books: new Map<string, number>(),
    ready: true,
    tooLarge: false,
  }
  const liveIndex = {
    get listVersion() {
      return { contentVersion: state.contentVersion, editVersion: state.editVersion }
    },
    bookVersion: (id: string) => state.books.get(id) ?? 0,
    get index() {
      return state.ready ? ({} as NonNullable<LiveIndex['index']>) : undefined
    },
    get tooLarge() {
      return state.tooLarge ? ({} as NonNullable<LiveIndex['tooLarge']>) : undefined
    },
  }
  let time = 0
  const pass = (ms: number): void => {
    time += ms
  }
  return { state, liveIndex, now: () => time, pass }
}

test('a page is fresh while nothing changes, for a minute at most', () => {
  const { liveIndex, now, pass } = liveIndexAt()
  const isFresh = createFreshnessCheck(liveIndex, '/category/poetry', now)
  pass(59_000)
  expect(isFresh()).toBe(true)
  pass(1_001)
  expect(isFresh()).toBe(false)
})

test('a list stays fresh for a second after a visible sale, and not after an edit', () => {
  const { state, liveIndex, now, pass } = liveIndexAt()
  const isFresh = createFreshnessCheck(liveIndex, '/', now)
  state.contentVersion++
  pass(900)
  expect(isFresh()).toBe(true)
  pass(200)
  expect(isFresh()).toBe(false)
  const fresh = createFreshnessCheck(liveIndex, '/', now)
  state.editVersion++
  expect(fresh()).toBe(false)
})

test('the page of a book is stale after any change of the book, and without an index no page is fresh', () => {
  const { state, liveIndex, now } = liveIndexAt()
  const isFresh = createFreshnessCheck(liveIndex, '/books/tech-001/clean-code', now)
  state.books.set('tech-001', 1)
  expect(isFresh()).toBe(false)
  state.ready = false
  expect(createFreshnessCheck(liveIndex, '/', now)()).toBe(false)
})

test('the page cache is bounded in bytes, and a stale page is removed', () => {
  const cache = createPageCache(100_000)
  let isFresh = true
  const page = { status: 200, bytes: Buffer.alloc(40_000), headers: new Headers() }
  for (const path of ['/a', '/b', '/c']) cache.store(path, page, () => isFresh)
  expect(cache.find('/a')).toBeUndefined()
  expect(cache.find('/c')?.etag).toMatch(/^W\/"/)
  isFresh = false
  expect(cache.find('/c')).toBeUndefined()
})

test('pages are cached too where the index is too large for the memory, which lasts', () => {
  const { state, liveIndex, now } = liveIndexAt()
  state.ready = false
  expect(createFreshnessCheck(liveIndex, '/', now)()).toBe(false)
  state.tooLarge = true
  expect(createFreshnessCheck(liveIndex, '/', now)()).toBe(true)
})
