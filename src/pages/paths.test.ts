import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bookOf, isPage, pageRoute } from './paths.ts'

test('the API, images and the mailbox are not pages', () => {
  for (const path of ['/api', '/api/books', '/api?x', '/images/covers/a.webp', '/dev/mailbox'])
    expect([path, isPage(`http://localhost:3000${path}`)]).toEqual([path, false])
  for (const path of ['/', '/books/api', '/apiary', '/search?q=/api/'])
    expect([path, isPage(`http://localhost:3000${path}`)]).toEqual([path, true])
})

test('the book of a page is read from its path', () => {
  expect(bookOf('/books/tech-001/clean-code')).toBe('tech-001')
  expect(bookOf('/books/tech-001/clean-code.data')).toBe('tech-001')
  expect(bookOf('/covers/tech-001.svg')).toBe('tech-001')
  expect(bookOf('/category/poetry')).toBeUndefined()
})

test('a page is logged by the first segment of its path, and an unmatched path by a fixed label', () => {
  for (const [path, route] of [
    ['/', '/'],
    ['/books/a-1/clean-code', '/books/…'],
    ['/orders/order-2026-03-01-x/confirmed', '/orders/…'],
    ['/search.data', '/search/…'],
    ['/cart', '/cart'],
    ['/jane@example.com', '/{page}'],
    ['/carts', '/{page}'],
  ] as const)
    expect([path, pageRoute(path)]).toEqual([path, route])
  const routes = readFileSync(new URL('../../web/app/routes.ts', import.meta.url), 'utf8')
  const first = [...routes.matchAll(/route\('([a-z-]+)/g)].map(([, word]) => `/${word}`)
  expect(first.length).toBeGreaterThan(20)
  for (const path of first) expect([path, pageRoute(path)]).toEqual([path, path])
})
