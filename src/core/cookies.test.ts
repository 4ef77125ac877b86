/** Cookie headers that parsers may read differently. */
import { expect, test } from 'vitest'
import { canonicalCookies, cookieValue, withoutCookie } from './cookies.ts'

test.each([
  ['a=1; b=2', 'a=1; b=2'],
  ['a=1; a=2', 'a=1'],
  ['a=1; a =2', 'a=1'],
  ['a =2; a=1', ''],
  ['a="1"; b=2', 'b=2'],
  ['a="1"; a=1', ''],
  ['a=%E0%A4%A; b=%2F', 'b=%2F'],
  ['a=1=2;b=', 'a=1=2; b='],
])('of %s, what is read alike by all is %s', (header, canonical) => {
  expect(canonicalCookies(header)).toBe(canonical)
  for (const name of ['a', 'b'])
    if (cookieValue(canonical, name) !== undefined)
      expect(cookieValue(header, name)).toBe(cookieValue(canonical, name))
})

test('a cookie is left out however its name is spaced', () => {
  expect(withoutCookie('a=1; ab=2;a =3; a=4', 'a')).toBe(' ab=2')
})
