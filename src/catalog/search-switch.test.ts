import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { browseQuery, createIndex, SAMPLE_BOOKS } from '../../test/sample-books.ts'
import { SqlError } from '../core/sql/sql.ts'
import type { BookSearch } from './search/book-index.ts'
import type { SearchMode } from './search-mode.ts'
import { createSearchSwitch, type SearchSwitch, type SearchSwitchDeps } from './search-switch.ts'

const memory = createIndex(SAMPLE_BOOKS).search
/** Has other books than memory, so that it shows which one has answered. */
const other = createIndex(SAMPLE_BOOKS.slice(1)).search
let mode: SearchMode
let isCurrent: boolean
let errors: unknown[]
let asked: number

beforeEach(() => {
  mode = 'postgres'
  isCurrent = true
  errors = []
  asked = 0
})

const counted = (ask: () => Promise<BookSearch>): BookSearch => {
  const engine = async () => {
    asked++
    return ask()
  }
  return {
    browse: async query => (await engine()).browse(query),
    suggest: async (q, limit) => (await engine()).suggest(q, limit),
    categories: async () => (await engine()).categories(),
  }
}

const switchTo = (ask: () => Promise<BookSearch>, options: Partial<SearchSwitchDeps> = {}): SearchSwitch =>
  createSearchSwitch({
    postgres: counted(ask),
    mode: () => mode,
    isCurrent: () => isCurrent,
    onFallback: error => errors.push(error),
    deadlineMs: 50,
    ...options,
  })

const totalOf = async (search: SearchSwitch): Promise<number> =>
  (await search.over(memory).browse(browseQuery())).total
const ALL = SAMPLE_BOOKS.length

test('answers by the engine of the mode, and by memory while PostgreSQL is behind', async () => {
  const search = switchTo(async () => other)
  expect(await totalOf(search)).toBe(ALL - 1)
  expect((await search.over(memory).suggest('gatsby', 3)).length).toBe(1)
  expect((await search.over(memory).categories()).length).toBeGreaterThan(3)
  isCurrent = false
  expect(await totalOf(search)).toBe(ALL)
  expect(search.status()).toMatchObject({ mode: 'postgres', engine: 'memory', fallbacks: 1 })
  isCurrent = true
  expect(search.status().engine).toBe('postgres')
  mode = 'memory'
  expect(await totalOf(search)).toBe(ALL)
  expect(asked).toBe(3)
})

test('memory answers when PostgreSQL fails or is late, which is then not asked for a while', async () => {
  let now = 0
  const down = new SqlError('unavailable', 'connection refused')
  const failing = switchTo(() => Promise.reject(down), { now: () => now })
  expect(await totalOf(failing)).toBe(ALL)
  expect(await totalOf(failing)).toBe(ALL)
  expect({ asked, errors }).toEqual({ asked: 1, errors: [down] })
  now = 6_000
  expect(await totalOf(failing)).toBe(ALL)
  expect(asked).toBe(2)
  const refusing = switchTo(() => Promise.reject(new SqlError('refused', 'syntax error', '42601')))
  expect(await totalOf(refusing)).toBe(ALL)
  expect(refusing.status()).toMatchObject({ engine: 'postgres', fallbacks: 1 })
  const late = switchTo(() => new Promise(() => {}))
  expect(await totalOf(late)).toBe(ALL)
  expect(String(errors.at(-1))).toContain('longer than 50 ms')
})

test('shadow mode answers from memory, compares the first answers, and asks two questions at once at most', async () => {
  mode = 'shadow'
  let release = (): void => {}
  const gate = new Promise<void>(done => {
    release = done
  })
  const search = switchTo(
    async () => {
      await gate
      return other
    },
    { deadlineMs: 5_000 },
  )
  const q = (text: string) => search.over(memory).browse(browseQuery({ q: text }))
  expect((await q('hunger games')).items[0]?.book_id).toBe('b00')
  expect((await q('gatsby')).items[0]?.book_id).toBe('b04')
  for (let i = 0; i < 5; i++) await q('gatsby')
  await expect.poll(() => asked).toBe(2)
  release()
  await expect
    .poll(() => search.status().shadow)
    .toMatchObject({ asked: 2, agreed: 1, differed: 1, failed: 0, dropped: 5 })
  expect(search.takeShadow()).toMatchObject({ asked: 2, dropped: 5, memoryMs: expect.any(Number) })
  expect(search.takeShadow()).toMatchObject({ asked: 0, dropped: 0 })
  expect(search.status().fallbacks).toBe(0)
})

test('a question that fails in shadow mode is counted, and seen by nobody', async () => {
  mode = 'shadow'
  const search = switchTo(() => Promise.reject(new SqlError('unavailable', 'down')))
  expect(await totalOf(search)).toBe(ALL)
  await expect.poll(() => search.status().shadow).toMatchObject({ asked: 1, failed: 1 })
  await sleep(1)
  expect(await totalOf(search)).toBe(ALL)
  expect(search.status().shadow).toMatchObject({ asked: 1, dropped: 1 })
})
