/** The rows of a feed beside what the table holds under their ids, as writes. */
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { Write } from '../../core/dynamo/write.ts'
import type { ChangeLog } from '../index/change-log.ts'
import type { Book } from '../schema.ts'
import { type BookKey, type BookTable, isBook, parseBook } from '../table.ts'
import { categoryFrom } from './feed/demo-data.ts'
import type { FeedBook } from './feed/feed-book.ts'
import { type ImportOptions, type Plan, planBook } from './plan.ts'

export type ImportDeps = {
  readonly db: Dynamo
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly now: () => Date
}

/** A transaction has room for a hundred, and one is the announcement. */
const MAX_ACTIONS = 99

/** A book of the feed, what is to be done about it, and the writes that do it. */
export type Step = {
  readonly feed: FeedBook
  readonly plan: Plan
  readonly writes: readonly Write[]
  readonly keys: readonly BookKey[]
}

/** What is to be done about these rows, from one look at the table. */
export const planAll = async (
  deps: ImportDeps,
  feeds: readonly FeedBook[],
  options: ImportOptions,
): Promise<Step[]> => {
  const pointers = await deps.books.categoriesOf(feeds.map(feed => feed.book_id))
  const keys = feeds.flatMap((feed): BookKey[] => {
    const category = pointers.get(feed.book_id) ?? likelyCategory(feed, options)
    return category === undefined ? [] : [{ category, book_id: feed.book_id }]
  })
  const found = await deps.books.getMany(keys)
  return Promise.all(
    feeds.map(feed => planOne(deps, feed, found.get(feed.book_id), pointers.get(feed.book_id), options)),
  )
}

/** Where a book without a pointer would lie, had somebody put it into the table by hand. */
const likelyCategory = ({ given }: FeedBook, options: ImportOptions): string | undefined => {
  const said = (name: 'category' | 'genres'): unknown => {
    const one = given.get(name)
    return one && 'value' in one ? one.value : undefined
  }
  const category = said('category')
  return typeof category === 'string' ? category : (options.category ?? categoryFrom(said('genres')))
}

const planOne = async (
  deps: ImportDeps,
  feed: FeedBook,
  there: Book | undefined,
  pointer: string | undefined,
  options: ImportOptions,
): Promise<Step> => {
  const { books, now } = deps
  const plan = planBook(feed, there, options, now())
  const { book_id } = feed
  const step = (writes: readonly Write[], keys: readonly BookKey[]): Step => ({ feed, plan, writes, keys })
  const refuse = (reason: string): Step => ({
    ...step([], []),
    plan: { kind: 'refused', reason, warnings: plan.warnings },
  })
  if (!there && pointer !== undefined && plan.kind === 'new')
    return refuse(`has the id of something in ${pointer} that is no book: run cloudshelf doctor`)
  if (plan.kind === 'new') return step(books.create(plan.book), [plan.book])
  if (!there || plan.kind === 'refused') return step([], [])
  const key = { category: there.category, book_id }
  const mend = pointer === undefined && plan.kind !== 'moved' ? [books.makePointer(key)] : []
  if (plan.kind === 'changed') {
    const {
      category: _category,
      book_id: _id,
      stock_quantity: _stock,
      created_at: _at,
      ...changes
    } = plan.changes
    const stock = plan.stock === undefined ? {} : { stock: { to: plan.stock, seen: there.stock_quantity } }
    return step([books.edit(key, changes, stock), ...mend], [key])
  }
  if (plan.kind === 'moved') return moveStep(deps, feed, key, options)
  return step(mend, [])
}

/** A move writes the item whole: it is planned on that very item, or a sale between two looks would be undone. */
const moveStep = async (
  deps: ImportDeps,
  feed: FeedBook,
  key: BookKey,
  options: ImportOptions,
): Promise<Step> => {
  const item = await deps.books.getItem(key)
  const row = item && parseBook(item)
  const there = row && isBook(row) ? row : undefined
  const plan = planBook(feed, there, options, deps.now())
  if (!item || plan.kind !== 'moved') return planOne(deps, feed, there, there?.category, options)
  return { feed, plan, writes: deps.books.move(item, plan.book), keys: [key, plan.book] }
}

/** As many as fit into one transaction; those that write nothing go with any. */
export const chunks = (steps: readonly Step[]): Step[][] => {
  const filled: Step[][] = [[]]
  let actions = 0
  for (const step of steps) {
    if (actions + step.writes.length > MAX_ACTIONS) {
      filled.push([])
      actions = 0
    }
    filled.at(-1)?.push(step)
    actions += step.writes.length
  }
  return filled
}
