import { expect, test } from 'vitest'
import { aBook } from '../../test/kit.ts'
import type { Book } from '../catalog/schema.ts'
import { findCurrency } from '../core/currency.ts'
import { minorUnits } from '../core/money.ts'
import { changeOf, mergeScopes, pathsOf } from './scope.ts'

const USD = findCurrency('USD')
if (!USD) throw new TypeError('must be a currency')
const LISTS = ['/', '/_*', '/search*', '/category/*', '/books/*', '/api/*']
const PAGE = ['/books/tech-001*', '/api/books*']

const of = (change: Partial<Book>): Book => ({ ...aBook({ stock_quantity: 20 }), ...change })

/** What was changed, before and after, which paths are purged, and whether at once. */
test.each<[what: string, Book | undefined, Book | undefined, readonly string[], boolean?]>([
  ['price', of({}), of({ price: minorUnits(1) }), LISTS, false],
  ['title', of({}), of({ title: 'Other' }), LISTS, false],
  ['author', of({}), of({ author: 'Other' }), LISTS, false],
  ['cover', of({}), of({ image_url: '/images/covers/tech-001-1.webp' }), LISTS, false],
  ['rating', of({}), of({ average_rating: 4.9 }), LISTS, false],
  ['ISBN', of({}), of({ isbn: '9780132350884' }), LISTS, false],
  ['time of its addition', of({}), of({ created_at: '2026-01-01T00:00:00Z' }), LISTS, false],
  ['sold out', of({ stock_quantity: 1 }), of({ stock_quantity: 0 }), LISTS, true],
  ['sold out at once', of({}), of({ stock_quantity: 0 }), LISTS, true],
  ['back in stock', of({ stock_quantity: 0 }), of({ stock_quantity: 20 }), LISTS, false],
  ['retired', of({}), of({ status: 'retired' }), LISTS, true],
  ['for sale again', of({ status: 'retired' }), of({}), LISTS, false],
  ['deleted, or moved to another category', of({}), undefined, LISTS, true],
  ['new, or moved to this category', undefined, of({}), LISTS, false],
  ['sold out and renamed', of({ stock_quantity: 1 }), of({ stock_quantity: 0, title: 'Other' }), LISTS, true],
  ['few left', of({ stock_quantity: 6 }), of({ stock_quantity: 5 }), PAGE, true],
  ['enough again', of({ stock_quantity: 5 }), of({ stock_quantity: 6 }), PAGE, true],
  ['description', of({}), of({ description: 'Other' }), PAGE, false],
  ['pages', of({}), of({ pages: 12 }), PAGE, false],
  ['genres', of({}), of({ genres: ['Craft'] }), PAGE, false],
  ['a sale of many', of({ stock_quantity: 20 }), of({ stock_quantity: 6 }), []],
  ['a sale of the last but one', of({ stock_quantity: 5 }), of({ stock_quantity: 1 }), []],
  ['the time of an edit', of({}), of({ updated_at: '2026-01-01T00:00:00Z' }), []],
  ['nothing', of({}), of({}), []],
  ['what is not for sale', of({ status: 'retired' }), of({ status: 'retired', title: 'Other' }), []],
  ['a retired book that is deleted', of({ status: 'retired' }), undefined, []],
  ['a new book that is not for sale', undefined, of({ status: 'retired' }), []],
])('%s', (_what, before, after, paths, isUrgent) => {
  const change = changeOf(before, after, USD)
  expect(change ? pathsOf(change) : []).toEqual(paths)
  expect(change?.isUrgent).toBe(isUrgent)
})

test('several changes share the paths of their lists, and more than four pages are purged as one path', () => {
  const pageOf = (id: string) => ({ lists: false, books: [id] })
  const few = ['a', 'b', 'a', 'c', 'd'].map(pageOf)
  expect(pathsOf(mergeScopes(few))).toEqual([
    '/books/a*',
    '/books/b*',
    '/books/c*',
    '/books/d*',
    '/api/books*',
  ])
  expect(pathsOf(mergeScopes([...few, pageOf('e')]))).toEqual(['/books/*', '/api/books*'])
  expect(pathsOf(mergeScopes([...few, { lists: true, books: [] }]))).toEqual(LISTS)
  expect(pathsOf(mergeScopes([...few, { everything: true, lists: false, books: [] }]))).toEqual(['/*'])
  expect(pathsOf(mergeScopes([]))).toEqual([])
})

test('each purge keeps to the wildcards that CloudFront allows in progress, with another one beside it', () => {
  const wildcards = (paths: readonly string[]) => paths.filter(path => path.endsWith('*')).length
  const books = ['a', 'b', 'c', 'd', 'e', 'f']
  const most = [
    ...books.map((_, i) => pathsOf({ lists: false, books: books.slice(0, i) })),
    pathsOf({ lists: true, books }),
  ].map(wildcards)
  expect(2 * Math.max(...most)).toBeLessThanOrEqual(15)
})
