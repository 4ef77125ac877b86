/**
 * Search terms: how often shoppers search for which words, and how often without a result. They are counted in memory and written once
 * a minute at most, as a whole, so that a repeated write changes nothing. What a process that is killed has not written is lost. A function
 * on AWS, which is frozen between requests, writes with a request instead of by a timer.
 */
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { dayIn } from '../core/days.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item } from '../core/dynamo/write.ts'
import { ShopError } from '../core/errors.ts'
import { epochSeconds } from '../core/ids.ts'
import { currentRequest } from '../core/request.ts'
import type { TableNames } from '../tables/definitions.ts'
import type { BookPage, BrowseParams } from './api.ts'
import { foldWords } from './fold-words.ts'

export type SearchTerms = {
  /** Counts a search with its number of results. Never throws, and waits for nothing. */
  readonly count: (search: BrowseParams, total: BookPage['total']) => void
  /** Writes what is counted since the last write. Never throws. */
  readonly flush: () => Promise<void>
  /** The same, unless the last write was less than a minute ago. Never throws. */
  readonly flushIfDue: () => Promise<void>
}

export type SearchTermDeps = {
  readonly db: Pick<Dynamo, 'write'>
  readonly names: Pick<TableNames, 'control'>
  readonly shop: { readonly timeZone: string }
  readonly now: () => Date
  readonly report: (error: unknown) => void
}

const ROW = CONTROL_ROWS.searchTerms
const WRITE_MS = 60_000
const MAX_LETTERS = 60
/**
 * Terms of one item, and items of one process and day; terms beyond that are not counted. An item is small, one kilobyte or two, because it is
 * written again whenever one of its terms was searched for: a search costs two write units at most.
 */
const TERMS_OF_ITEM = 40
const ITEMS_OF_DAY = 50

/** Digits as in a phone number, a customer number or an ISBN, with what separates them. */
const LONG_NUMBER = /\d(?:[\s()+./-]*\d){6}/

/** What a query is counted as: folded words; undefined for one that is empty, long, or may be about a person: an email, a long number. */
export const searchTerm = (query: string): string | undefined => {
  if (query.includes('@') || LONG_NUMBER.test(query.normalize('NFKC'))) return undefined
  const term = foldWords(query).join(' ')
  return term === '' || query.trim().length > MAX_LETTERS || term.length > MAX_LETTERS ? undefined : term
}

/** A search with filters, another order or a further page is the same search again. */
const isFirstSearch = ({ limit: _limit, facet_limit: _facets, q, ...refined }: BrowseParams): boolean =>
  q !== undefined && Object.values(refined).every(value => value === undefined)

type Count = { times: number; withoutResult: number }
type Part = {
  readonly day: string
  readonly id: string
  readonly terms: Map<string, Count>
  isChanged: boolean
}

const itemOf = ({ day, id, terms }: Part, now: Date): Item => ({
  ...ROW.key(`${day}#${id}`),
  // A list: as names of attributes, some words would be properties of every object.
  terms: [...terms].map(([term, one]) => [term, one.times, one.withoutResult]),
  expires_at: epochSeconds(now) + ROW.ttl,
})

const Stored = z.object({
  sk: z.string().regex(/^\d{4}-\d{2}-\d{2}#/),
  terms: z.array(z.tuple([z.string(), z.int().min(0), z.int().min(0)])),
})

export type CountedTerm = { readonly term: string; readonly times: number; readonly withoutResult: number }

/** The day and the terms of a stored item. Throws ZodError for another. */
export const parseSearchTerms = (item: Item): { readonly day: string; readonly terms: CountedTerm[] } => {
  const { sk, terms } = Stored.parse(item)
  return {
    day: sk.slice(0, sk.indexOf('#')),
    terms: terms.map(([term, times, withoutResult]) => ({ term, times, withoutResult })),
  }
}

/** Counts from now on, and writes when it is asked to. */
export const createSearchTerms = ({ db, names, shop, now, report }: SearchTermDeps): SearchTerms => {
  let parts: Part[] = []
  let writing: Promise<void> = Promise.resolve()
  let writtenAt = Number.NEGATIVE_INFINITY

  /** The part in which a term of this day is, or will be; undefined where there is no more room. */
  const partFor = (day: string, term: string): Part | undefined => {
    const today = parts.filter(part => part.day === day)
    const found =
      today.find(({ terms }) => terms.has(term)) ?? today.find(({ terms }) => terms.size < TERMS_OF_ITEM)
    if (found || today.length >= ITEMS_OF_DAY) return found
    const part = { day, id: randomBytes(8).toString('hex'), terms: new Map(), isChanged: false }
    parts.push(part)
    return part
  }

  const count: SearchTerms['count'] = (search, total) => {
    if (total === null || !currentRequest()?.isVisit() || !isFirstSearch(search)) return
    const term = searchTerm(search.q ?? '')
    const part = term === undefined ? undefined : partFor(dayIn(shop.timeZone, now()), term)
    if (!part || term === undefined) return
    const counted = part.terms.get(term) ?? { times: 0, withoutResult: 0 }
    part.terms.set(term, counted)
    counted.times++
    if (total === 0) counted.withoutResult++
    part.isChanged = true
  }

  const write = async (): Promise<void> => {
    const today = dayIn(shop.timeZone, now())
    writtenAt = now().getTime()
    for (const part of parts.filter(({ isChanged }) => isChanged)) {
      part.isChanged = false
      try {
        await db.write({ action: 'Put', table: names.control, item: itemOf(part, now()) }, true)
      } catch (error) {
        // With the next write, once the database takes it.
        part.isChanged = true
        if (!(error instanceof ShopError)) report(error)
      }
    }
    parts = parts.filter(({ day, isChanged }) => isChanged || day === today)
  }

  const flush = (): Promise<void> => {
    writing = writing.then(write)
    return writing
  }

  return {
    count: (search, total) => {
      try {
        count(search, total)
      } catch (error) {
        report(error)
      }
    },
    flush,
    flushIfDue: async () => {
      const isDue = now().getTime() - writtenAt >= WRITE_MS && parts.some(({ isChanged }) => isChanged)
      if (isDue) await flush()
    },
  }
}

/** Writes every minute until it is stopped, and then for the last time. */
export const startSearchTermWriter = ({ flush }: Pick<SearchTerms, 'flush'>) => {
  const timer = setInterval(flush, WRITE_MS)
  timer.unref()
  return {
    stop: (): Promise<void> => {
      clearInterval(timer)
      return flush()
    },
  }
}
