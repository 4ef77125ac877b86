/**
 * Switch between the search engine in memory and the one in PostgreSQL. PostgreSQL answers while it has every change that the index
 * in memory has; when it is down, slow or behind, memory does, and a circuit breaker keeps questions from it for a while. In shadow mode memory answers everything, and some questions are
 * asked of PostgreSQL afterwards, to compare both.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isUnavailable, SqlError, TIMEOUT_STATE } from '../core/sql/sql.ts'
import type { BookSearch, BrowseResult, Suggestion } from './search/book-index.ts'
import type { SearchMode } from './search-mode.ts'

/** Since the last time that they were taken. Times are sums in milliseconds. */
export type ShadowCounts = {
  readonly asked: number
  /** Both had the same first answer, or none. */
  readonly agreed: number
  readonly differed: number
  /** PostgreSQL gave no answer. */
  readonly failed: number
  /** Not asked of PostgreSQL, because another question was, or because it is behind. */
  readonly dropped: number
  readonly memoryMs: number
  readonly postgresMs: number
  readonly slowestMs: number
}

export const NO_SHADOW: ShadowCounts = {
  asked: 0,
  agreed: 0,
  differed: 0,
  failed: 0,
  dropped: 0,
  memoryMs: 0,
  postgresMs: 0,
  slowestMs: 0,
}

export type SearchSwitch = {
  /** The engine that answers instead of this one of the index in memory. */
  readonly over: (memory: BookSearch) => BookSearch
  readonly status: () => {
    readonly mode: SearchMode
    /** Which engine answers now. */
    readonly engine: 'memory' | 'postgres'
    /** Since the start: questions that memory answered in the place of PostgreSQL. */
    readonly fallbacks: number
    /** Since the start. */
    readonly shadow: ShadowCounts
  }
  /** What shadow mode has counted since the last call. */
  readonly takeShadow: () => ShadowCounts
}

export type SearchSwitchDeps = {
  readonly postgres: BookSearch
  readonly mode: () => SearchMode
  /** Whether PostgreSQL has every change that the index in memory has. */
  readonly isCurrent: () => boolean
  readonly onFallback: (error: unknown) => void
  readonly now?: () => number
  /** How long PostgreSQL may take (ms), and how long the circuit stays open after a failure; 1,500 and 5,000 by default. */
  readonly deadlineMs?: number
  readonly cooldownMs?: number
}

const DEADLINE_MS = 1_500
const COOLDOWN_MS = 5_000
/** Questions that shadow mode asks at once. */
const MAX_SHADOWS = 2

type Ask<T> = (search: BookSearch) => Promise<T>

const firstOfPage = ({ items }: BrowseResult): string => items[0]?.book_id ?? ''
const firstSuggestion = ([first]: readonly Suggestion[]): string =>
  first ? `${first.kind} ${first.text}` : ''

const sum = (a: ShadowCounts, b: Partial<ShadowCounts>): ShadowCounts => ({
  asked: a.asked + (b.asked ?? 0),
  agreed: a.agreed + (b.agreed ?? 0),
  differed: a.differed + (b.differed ?? 0),
  failed: a.failed + (b.failed ?? 0),
  dropped: a.dropped + (b.dropped ?? 0),
  memoryMs: a.memoryMs + (b.memoryMs ?? 0),
  postgresMs: a.postgresMs + (b.postgresMs ?? 0),
  slowestMs: Math.max(a.slowestMs, b.slowestMs ?? 0),
})

export const createSearchSwitch = ({
  postgres,
  mode,
  isCurrent,
  onFallback,
  now = () => performance.now(),
  deadlineMs = DEADLINE_MS,
  cooldownMs = COOLDOWN_MS,
}: SearchSwitchDeps): SearchSwitch => {
  /** Until when the circuit is open: PostgreSQL is not asked. */
  let openUntil = 0
  let fallbacks = 0
  let shadows = 0
  let shadow = NO_SHADOW
  let untaken = NO_SHADOW

  const count = (counts: Partial<ShadowCounts>): void => {
    shadow = sum(shadow, counts)
    untaken = sum(untaken, counts)
  }

  const isUsable = (): boolean => now() >= openUntil && isCurrent()

  const askPostgres = async <T>(ask: Ask<T>): Promise<T> => {
    const deadline = new AbortController()
    const asked = ask(postgres)
    const late = sleep(deadlineMs, undefined, { signal: deadline.signal, ref: false }).then(() => {
      throw new SqlError('unavailable', `PostgreSQL took longer than ${deadlineMs} ms`)
    })
    asked.catch(() => {}) // it may fail after its deadline
    try {
      return await Promise.race([asked, late])
    } finally {
      late.catch(() => {})
      deadline.abort()
    }
  }

  const failed = (error: unknown): void => {
    // One question that it refuses says nothing of the others.
    const isTimeout = error instanceof SqlError && error.state === TIMEOUT_STATE
    if (isTimeout || isUnavailable(error)) openUntil = now() + cooldownMs
    onFallback(error)
  }

  const answer = async <T>(memory: BookSearch, ask: Ask<T>): Promise<T> => {
    if (isUsable())
      try {
        return await askPostgres(ask)
      } catch (error) {
        failed(error)
      }
    fallbacks++
    return await ask(memory)
  }

  const compare = async <T>(ask: Ask<T>, first: (result: T) => string, expected: T, memoryMs: number) => {
    const start = now()
    try {
      const found = await askPostgres(ask)
      const postgresMs = now() - start
      const isSame = first(found) === first(expected)
      count({
        asked: 1,
        ...(isSame ? { agreed: 1 } : { differed: 1 }),
        memoryMs,
        postgresMs,
        slowestMs: postgresMs,
      })
    } catch (error) {
      count({ asked: 1, failed: 1 })
      failed(error)
    }
    // Requests have the process for at least as long as this question had.
    await sleep(now() - start, undefined, { ref: false })
  }

  const shadowed = async <T>(memory: BookSearch, ask: Ask<T>, first: (result: T) => string): Promise<T> => {
    const start = now()
    const result = await ask(memory)
    const memoryMs = now() - start
    if (shadows >= MAX_SHADOWS || !isUsable()) {
      count({ dropped: 1 })
      return result
    }
    shadows++
    // The answer goes on its way first.
    setImmediate(() => {
      compare(ask, first, result, memoryMs)
        .catch(onFallback)
        .finally(() => {
          shadows--
        })
    })
    return result
  }

  const choose = <T>(memory: BookSearch, ask: Ask<T>, first: (result: T) => string): Promise<T> => {
    const current = mode()
    if (current === 'postgres') return answer(memory, ask)
    return current === 'shadow' ? shadowed(memory, ask, first) : ask(memory)
  }

  return {
    over: memory => ({
      browse: query => choose(memory, search => search.browse(query), firstOfPage),
      suggest: (q, limit) => choose(memory, search => search.suggest(q, limit), firstSuggestion),
      categories: () =>
        choose(
          memory,
          search => search.categories(),
          ([one]) => one?.value ?? '',
        ),
    }),
    status: () => ({
      mode: mode(),
      engine: mode() === 'postgres' && isUsable() ? 'postgres' : 'memory',
      fallbacks,
      shadow,
    }),
    takeShadow: () => {
      const taken = untaken
      untaken = NO_SHADOW
      return taken
    },
  }
}
