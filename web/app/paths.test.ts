/** The guard against open redirects: where a browser would go from the shop. */
import { expect, test } from 'vitest'
import { seededRandom } from '../../tools/bench/random.ts'
import { safeRedirectPath } from './paths.ts'

const SHOP = 'https://shop.example'
const target = (next: string): URL => new URL(safeRedirectPath(next, '/account'), `${SHOP}/sign-in`)

test.each([
  ['/cart', '/cart'],
  ['/', '/'],
  ['/search?q=a%20b&sort=title', '/search?q=a%20b&sort=title'],
  ['/books/tech-001/clean-code#reviews', '/books/tech-001/clean-code'],
  ['/a/../cart', '/cart'],
])('%s is a path of the shop', (next, path) => {
  expect(safeRedirectPath(next, '/account')).toBe(path)
})

test.each([
  '//evil.example',
  '/\\evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/../..//evil.example',
  '/%2e//evil.example',
  '/./\\evil.example',
  '/\t/evil.example',
  '/.\n//evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  'cart',
  '',
])('%j is not followed', next => {
  expect(safeRedirectPath(next, '/account')).toBe('/account')
})

test('no text leads to another origin', () => {
  const random = seededRandom(11)
  const parts = [
    '/',
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2f',
    '\t',
    '\n',
    '\r',
    ' ',
    '@',
    ':',
    '?',
    '#',
    'evil.example',
    'a',
    '\0',
  ]
  for (let i = 0; i < 50_000; i++) {
    const length = 1 + Math.floor(random() * 9)
    const next = Array.from({ length }, () => parts[Math.floor(random() * parts.length)]).join('')
    expect(target(next).origin, JSON.stringify(next)).toBe(SHOP)
    expect(target(`/${next}`).origin, JSON.stringify(next)).toBe(SHOP)
  }
})
