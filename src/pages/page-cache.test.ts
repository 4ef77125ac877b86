import { expect, test } from 'vitest'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import { createPageCache, isPageFresh } from './page-cache.ts'

const liveIndexAt = () => {
  const state = { contentVersion: 1, editVersion: 1, books: new Map<string, number>(), ready: true }
  const liveIndex = {
    get listVersion() {
      return { contentVersion: state.contentVersion, editVersion: state.editVersion }
    },
    bookVersion: (id: string) => state.books.get(id) ?? 0,
    get index() {
      return state.ready ? ({} as NonNullable<LiveIndex['index']>) : undefined
    },
  }
  let time = 0
  const pass = (ms: number): void => {
    time += ms
  }
  return { state, liveIndex, now: () => time, pass }
}

test('a page holds while nothing changes, and for a minute at most', () => {
  const { liveIndex, now, pass } = liveIndexAt()
  const holds = isPageFresh(liveIndex, '/category/poetry', now)
  pass(59_000)
  expect(holds()).toBe(true)
  pass(1_001)
  expect(holds()).toBe(false)
})

test('after a visible sale a list holds for a second more, after an edit no longer', () => {
  const { state, liveIndex, now, pass } = liveIndexAt()
  const holds = isPageFresh(liveIndex, '/', now)
  state.contentVersion++
  pass(900)
  expect(holds()).toBe(true)
  pass(200)
  expect(holds()).toBe(false)
  const fresh = isPageFresh(liveIndex, '/', now)
  state.editVersion++
  expect(fresh()).toBe(false)
})

test('the page of a book ends with any change of the book, and nothing is kept without an index', () => {
  const { state, liveIndex, now } = liveIndexAt()
  const holds = isPageFresh(liveIndex, '/books/tech-001/clean-code', now)
  state.books.set('tech-001', 1)
  expect(holds()).toBe(false)
  state.ready = false
  expect(isPageFresh(liveIndex, '/', now)()).toBe(false)
})

test('kept pages are bounded in bytes, and one that no longer holds is gone', () => {
  const kept = createPageCache(100_000)
  let holding = true
  const page = Buffer.alloc(40_000)
  for (const path of ['/a', '/b', '/c']) kept.keep(path, page, new Headers(), () => holding)
  expect(kept.find('/a')).toBeUndefined()
  expect(kept.find('/c')?.etag).toMatch(/^W\/"/)
  holding = false
  expect(kept.find('/c')).toBeUndefined()
})
