import { expect, test } from 'vitest'
import { pageLinks } from './pages.server.ts'

const shown = (page: number, pages: number): string =>
  pageLinks(page, pages, String)
    .map(link => (link === 'gap' ? '…' : link.href))
    .join(' ')

test('the first and the last page and those around the current one are linked', () => {
  expect(shown(1, 424)).toBe('1 2 … 424')
  expect(shown(200, 424)).toBe('1 … 199 200 201 … 424')
  expect(shown(424, 424)).toBe('1 … 423 424')
})

test('a gap of one page is that page, and no page is listed twice', () => {
  expect(shown(1, 1)).toBe('1')
  expect(shown(1, 2)).toBe('1 2')
  expect(shown(2, 3)).toBe('1 2 3')
  expect(shown(3, 5)).toBe('1 2 3 4 5')
  expect(shown(4, 7)).toBe('1 2 3 4 5 6 7')
  for (let pages = 1; pages < 30; pages++)
    for (let page = 1; page <= pages; page++) {
      const numbers = pageLinks(page, pages, String).flatMap(link => (link === 'gap' ? [] : [link.number]))
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
      expect(numbers.length).toBeLessThanOrEqual(7)
      for (const number of [1, page, pages]) expect(numbers).toContain(number)
    }
})
