/** Import steps: compares the rows of a feed with the table and turns the differences into writes. */
import type { Currency } from '../../core/currency.ts'
import type { Dynamo } from '../../core/dynamo/dynamo.ts'
import type { Write } from '../../core/dynamo/write.ts'
import type { TableNames } from '../../tables/definitions.ts'
import type { ChangeLog } from '../index/change-log.ts'
import type { Book } from '../schema.ts'
import { type BookKey, type BookTable, isBook } from '../table.ts'
import { type FieldChange, fieldChanges, type ImportSource, importAudit } from './changes.ts'
import { categoryFrom } from './feed/demo-data.ts'
import type { FeedBook } from './feed/feed-book.ts'
import { type ImportOptions, type Plan, planBook } from './plan.ts'

export type ImportDeps = {
  /** The shop's. */
  readonly currency: Currency
  readonly db: Dynamo
  readonly names: TableNames
  readonly books: BookTable
  readonly changes: ChangeLog
  readonly now: () => Date
}

/** A transaction has at most 100 writes, and one of them is the change log entry. */
const MAX_WRITES = 99

/** A book of the feed, the plan for it, and the writes that carry it out. */
export type Step = {
  readonly feed: FeedBook
  readonly plan: Plan
  readonly writes: readonly Write[]
  readonly keys: readonly BookKey[]
  readonly changes: readonly FieldChange[]
}

/** The options of the plan, and who imports which file. */
export type StepOptions = ImportOptions & { readonly source: ImportSource }

/** Plans these rows, with one read of all their books. */
export const planSteps = async (
  deps: ImportDeps,
  feeds: readonly FeedBook[],
  options: StepOptions,
): Promise<Step[]> => {
  const pointers = await deps.books.categoriesOf(feeds.map(feed => feed.book_id))
  const keys = feeds.flatMap((feed): BookKey[] => {
    const category = pointers.get(feed.book_id) ?? likelyCategory(feed, options)
    return category === undefined ? [] : [{ category, book_id: feed.book_id }]
  })
  const found = await deps.books.getMany(keys)
  return Promise.all(
    feeds.map(feed => planStep(deps, feed, found.get(feed.book_id), pointers.get(feed.book_id), options)),
  )
}

/** The category of a book that a foreign client may have put into the table without a pointer. */
const likelyCategory = ({ given }: FeedBook, options: ImportOptions): string | undefined => {
  const givenValue = (name: 'category' | 'genres'): unknown => {
    const cell = given.get(name)
    return cell && 'value' in cell ? cell.value : undefined
  }
  const category = givenValue('category')
  return typeof category === 'string' ? category : (options.category ?? categoryFrom(givenValue('genres')))
}

/** A step without its keys: the writes of the plan with its audit events. */
const auditedStep = (
  { names, now }: ImportDeps,
  feed: FeedBook,
  current: Book | undefined,
  plan: Plan,
  options: StepOptions,
  writes: readonly Write[],
): Omit<Step, 'keys'> => ({
  feed,
  plan,
  writes: [...writes, ...importAudit(names.control, options, current, plan, now())],
  changes: fieldChanges(current, plan, options.currency),
})

const planStep = async (
  deps: ImportDeps,
  feed: FeedBook,
  current: Book | undefined,
  pointer: string | undefined,
  options: StepOptions,
): Promise<Step> => {
  const { books, now } = deps
  const plan = planBook(feed, current, options, now())
  const { book_id } = feed
  const step = (writes: readonly Write[], keys: readonly BookKey[]): Step => ({
    ...auditedStep(deps, feed, current, plan, options, writes),
    keys,
  })
  const refuse = (reason: string): Step => ({
    feed,
    plan: { kind: 'refused', reason, warnings: plan.warnings },
    writes: [],
    keys: [],
    changes: [],
  })
  if (!current && pointer !== undefined && plan.kind === 'new')
    return refuse(`has the id of an item in ${pointer} that is not a valid book: run cloudshelf doctor`)
  if (plan.kind === 'new') return step(books.create(plan.book), [plan.book])
  if (!current || plan.kind === 'refused') return step([], [])
  const key = { category: current.category, book_id }
  const missingPointer = pointer === undefined && plan.kind !== 'moved' ? [books.makePointer(key)] : []
  if (plan.kind === 'changed') {
    const {
      category: _category,
      book_id: _id,
      stock_quantity: _stock,
      created_at: _at,
      ...changes
    } = plan.changes
    const stock = plan.stock === undefined ? {} : { stock: { to: plan.stock, seen: current.stock_quantity } }
    // The audit has the values before, so they must still be those that were read.
    const conditions = { seen: current.updated_at, ...stock }
    return step([books.edit(key, changes, conditions), ...missingPointer], [key])
  }
  if (plan.kind === 'moved') return moveStep(deps, feed, key, options)
  return step(missingPointer, [])
}

/** A move writes the item whole, so it is planned on that very item: a sale between two reads must not be undone. */
const moveStep = async (
  deps: ImportDeps,
  feed: FeedBook,
  key: BookKey,
  options: StepOptions,
): Promise<Step> => {
  const item = await deps.books.getItem(key)
  const row = item && deps.books.parse(item)
  const current = row && isBook(row) ? row : undefined
  const plan = planBook(feed, current, options, deps.now())
  if (!item || plan.kind !== 'moved') return planStep(deps, feed, current, current?.category, options)
  return {
    ...auditedStep(deps, feed, current, plan, options, deps.books.move(item, plan.book)),
    keys: [key, plan.book],
  }
}

/** The steps in groups that fit into one transaction each; steps without writes fit into any. */
export const groupSteps = (steps: readonly Step[]): Step[][] => {
  const groups: Step[][] = [[]]
  let writes = 0
  for (const step of steps) {
    if (writes + step.writes.length > MAX_WRITES) {
      groups.push([])
      writes = 0
    }
    groups.at(-1)?.push(step)
    writes += step.writes.length
  }
  return groups
}
