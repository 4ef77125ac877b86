/** Checks of `cloudshelf doctor`: the tables, and what is stored in them. Each gives a finding with its fix. */
import type { AccountCheck } from '../accounts/check.ts'
import type { CatalogCheck } from '../catalog/check.ts'
import { LOG_KEPT_MS } from '../catalog/index/change-log.ts'
import {
  estimateMegabytes,
  FUNCTION_MEMORY,
  memoryOption,
  neededMegabytes,
} from '../catalog/index/index-memory.ts'
import { readSnapshot } from '../catalog/index/snapshot.ts'
import type { Settings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { readShopCurrency } from '../composition/shop-currency.ts'
import type { OrderCheck } from '../orders/check.ts'
import { passes, verifyTables } from '../tables/provision.ts'
import { counted } from './output.ts'

/** The result of a check, as `doctor --json` prints it. */
export type Finding = {
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was checked. */
  readonly what: string
  readonly found: string
  /** How to fix it; only where something is wrong. */
  readonly mend?: string
  /** Each item that is concerned. */
  readonly items?: readonly unknown[]
}

export const checkTables = async ({ db, names }: Deps): Promise<Finding> => {
  const what = 'tables'
  let passed = 0
  for await (const check of verifyTables(db, names)) {
    if (!passes(check)) {
      const found = `${check.table} ${check.point}: ${check.found}, expected: ${check.expected}`
      const mend = 'run `cloudshelf tables create`. A table with other keys must be deleted first'
      return { state: 'fail', what, found, mend }
    }
    passed++
  }
  return { state: 'ok', what, found: `all ${passed} points of the checklist pass` }
}

/** Amounts would be read with the decimals of another currency. */
export const checkCurrency = async (deps: Deps): Promise<Finding> => {
  const what = 'currency'
  const { code } = deps.currency
  const recorded = await readShopCurrency(deps)
  if (recorded === undefined) return { state: 'ok', what, found: `${code}, which the next start records` }
  if (recorded === code) return { state: 'ok', what, found: code }
  return {
    state: 'fail',
    what,
    found: `CURRENCY is ${code}, but the shop is in ${recorded}`,
    mend: `set CURRENCY=${recorded}`,
  }
}

type ListCheck = Pick<Finding, 'what' | 'mend'> & {
  readonly severity: 'warn' | 'fail'
  /** What is found when the list is empty. */
  readonly none: string
  /** What is found otherwise, behind the number of items: one, and many. */
  readonly some: readonly [string, string]
}

/** A finding about a list of what is wrong: fine where it is empty. */
export const checkList = (items: readonly unknown[], check: ListCheck): Finding => {
  const { what, severity, none, some, mend = '' } = check
  if (items.length === 0) return { state: 'ok', what, found: none }
  return { state: severity, what, found: counted(items.length, ...some), mend, items }
}

const REINDEX = 'run `cloudshelf doctor --reindex`'

export const catalogFindings = (check: CatalogCheck): Finding[] => [
  checkList(check.badRows, {
    what: 'books',
    severity: 'fail',
    none: `${counted(check.keys.length, 'book')}, ${check.forSale} for sale`,
    some: ['item is not a valid book and is not shown', 'items are not valid books and are not shown'],
    mend: 'correct or delete these items in the books table',
  }),
  checkList(check.imprecise, {
    what: 'prices',
    severity: 'warn',
    none: 'none has more decimals than the currency',
    some: [
      'price has more decimals than the currency, and is rounded when the book is sold',
      'prices have more decimals than the currency, and are rounded when the books are sold',
    ],
    mend: 'set the prices of these books on their staff pages, or by an import',
  }),
  checkList(check.duplicates, {
    what: 'book IDs',
    severity: 'fail',
    none: 'each is used once',
    some: ['ID is used in several categories', 'IDs are used in several categories'],
    mend: 'keep one item of each ID in the books table, and delete the others',
  }),
  checkList(check.sharedIsbns, {
    what: 'ISBNs',
    severity: 'warn',
    none: 'each is that of one book',
    some: ['ISBN is that of several books', 'ISBNs are those of several books'],
    mend: 'correct the ISBN of one of them, or retire it: an import refuses rows that only have this ISBN',
  }),
  checkList(check.similarCategories, {
    what: 'categories',
    severity: 'warn',
    none: 'no two look alike',
    some: ['group of categories looks alike', 'groups of categories look alike'],
    mend: 'if they are the same, run `cloudshelf categories merge <category> <into>`',
  }),
  checkList(check.withoutPointer, {
    what: 'books without pointers',
    severity: 'warn',
    none: 'none',
    some: ['book cannot be found by its ID', 'books cannot be found by their IDs'],
    mend: REINDEX,
  }),
  checkList(check.dangling, {
    what: 'pointers without books',
    severity: 'warn',
    none: 'none',
    some: ['ID is reserved by a deleted book', 'IDs are reserved by deleted books'],
    mend: REINDEX,
  }),
]

export const orderFindings = (check: OrderCheck): Finding[] => [
  checkList(check.unreadable, {
    what: 'orders',
    severity: 'fail',
    none: counted(check.orders, 'order'),
    some: ['item is not a valid order and is not shown', 'items are not valid orders and are not shown'],
    mend: 'correct these items in the orders table',
  }),
  checkList(check.unknownStatus, {
    what: 'order statuses',
    severity: 'warn',
    none: 'each is known',
    some: [
      'order has a status that the shop does not know',
      'orders have a status that the shop does not know',
    ],
    mend: 'set a status of the shop in the orders table: until then the order is shown, and stays as it is',
  }),
  checkList(check.imprecise, {
    what: 'order amounts',
    severity: 'warn',
    none: 'none has more decimals than its currency',
    some: [
      'order has amounts with more decimals than its currency',
      'orders have amounts with more decimals than their currency',
    ],
    mend: 'they are shown as they are stored: correct them in the orders table if they are wrong',
  }),
]

export const accountFindings = (check: AccountCheck): Finding[] => [
  checkList(check.invalidRows, {
    what: 'accounts',
    severity: 'fail',
    none: counted(check.accounts, 'account'),
    some: [
      'item is not a valid account and cannot sign in',
      'items are not valid accounts and cannot sign in',
    ],
    mend: 'correct or delete these items in the users table',
  }),
  checkList(check.duplicates, {
    what: 'emails',
    severity: 'fail',
    none: 'each has one account',
    some: ['account has the email of another one', 'accounts have the email of another one'],
    mend: 'change the email of these items in the users table, or delete them',
  }),
  checkList(check.missingReservations, {
    what: 'accounts without uniqueness records',
    severity: 'warn',
    none: 'none',
    some: [
      'account cannot sign in, and its email can be registered again',
      'accounts cannot sign in, and their emails can be registered again',
    ],
    mend: REINDEX,
  }),
  checkList(check.orphanedReservations, {
    what: 'uniqueness records without accounts',
    severity: 'warn',
    none: 'none',
    some: ['email is reserved by a deleted account', 'emails are reserved by deleted accounts'],
    mend: REINDEX,
  }),
]

export const checkSnapshot = async ({ blobs, currency, now }: Deps): Promise<Finding> => {
  const what = 'snapshot'
  const snapshot = await readSnapshot(blobs, currency, () => false)
  if (!snapshot) return { state: 'ok', what, found: 'none, so the next start reads the whole table' }
  const { extent, isComplete, asOf } = snapshot.head
  const age = now().getTime() - asOf.getTime()
  const found = `${counted(extent.books, 'book')}, ${counted(Math.round(age / 60_000), 'minute')} old`
  if (!isComplete) {
    const needed = neededMegabytes(extent)
    return {
      state: 'warn',
      what,
      found: `${found}: the functions have too little memory for the index, so search is off`,
      mend: `they need ${needed} MB: deploy with \`--context ${memoryOption(needed)}\``,
    }
  }
  return {
    state: 'ok',
    what,
    found: age < LOG_KEPT_MS / 2 ? found : `${found}, so the next start reads the whole table`,
  }
}

/** On AWS the index must fit into the memory of the functions; the deployment's own choice is not known here. */
export const checkFunctionMemory = (
  { endpoint }: Pick<Settings, 'endpoint'>,
  forSale: number,
): readonly Finding[] => {
  if (endpoint === undefined || !new URL(endpoint).hostname.endsWith('.amazonaws.com')) return []
  const what = 'function memory'
  const needed = estimateMegabytes(forSale)
  const found = `the search index needs about ${needed} MB`
  if (needed <= FUNCTION_MEMORY) return [{ state: 'ok', what, found }]
  const mend = `deploy with \`--context ${memoryOption(needed)}\`, unless you have: without it search is off`
  return [
    { state: 'warn', what, found: `${found}, and functions have ${FUNCTION_MEMORY} MB by default`, mend },
  ]
}
