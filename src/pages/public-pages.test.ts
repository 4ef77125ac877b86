import { expect, test } from 'vitest'
import { isPublicPage, pageAddress, restoreUnkeyed, withoutFinalSlash, withUnkeyed } from './public-pages.ts'

const ORIGIN = 'https://shop.example'
const addressOf = (path: string) => pageAddress(new URL(path, ORIGIN))

test('a page that is not listed as public is private, and so is its data', () => {
  for (const path of [
    '/',
    '/_root.data',
    '/search',
    '/search.data',
    '/books/a-1/x',
    '/category/poetry.data',
    '/covers/a.svg',
  ])
    expect([path, isPublicPage(path)]).toEqual([path, true])
  for (const path of [
    '/cart',
    '/cart.data',
    '/visitor',
    '/checkout',
    '/orders/x',
    '/orders.data',
    '/elsewhere',
    '/books',
  ])
    expect([path, isPublicPage(path)]).toEqual([path, false])
})

test('the address of a page has the parameters that it knows, and the others are kept apart as they were sent', () => {
  for (const [sent, path, unkeyed] of [
    ['/', '/', ''],
    ['/?utm_source=a&gclid=b%20c', '/', 'utm_source=a&gclid=b%20c'],
    ['/search?fbclid=1&q=x+y&utm_medium=2', '/search?q=x+y', 'fbclid=1&utm_medium=2'],
    ['/search?&&utm=&=', '/search', 'utm=&='],
    ['/category/poetry?category=Fiction', '/category/poetry', 'category=Fiction'],
    ['/about?page=2', '/about', 'page=2'],
    ['/covers/a-1.svg?v=abc&u=1', '/covers/a-1.svg', 'u=1'],
    ['/_.data?_routes=routes%2Fhome&u=1', '/_.data?_routes=routes%2Fhome', 'u=1'],
  ])
    expect([sent, addressOf(sent as string)]).toEqual([sent, { path, unkeyed }])
  for (const path of ['/cart?u=1', '/sign-in?next=/', '/nothing']) expect(addressOf(path)).toBeUndefined()
})

test('defaults, other orders, other spellings and values without a meaning make no address of their own', () => {
  for (const [path, ...others] of [
    [
      '/search',
      '/search?',
      '/search?page=1',
      '/search?page=01',
      '/search?page=0',
      '/search?page=x',
      '/search?page=100001',
    ],
    [
      '/search',
      '/search?sort=relevance',
      '/search?sort=x',
      '/search?stock=0',
      '/search?rating=5',
      '/search?price=any',
    ],
    ['/search?q=a&page=2', '/search?page=2&q=a', '/search?q=a&q=b&page=2&page=3', '/search?%71=a&page=2'],
    ['/search?author=A&author=B', '/search?author=B&author=A&author=B&author='],
    ['/search?q=a', '/search?q=a&_routes=routes%2Fsearch'],
    ['/search.data', '/search.data?_routes=root', '/search.data?_routes=routes%2Fhome%2Cx'],
    ['/covers/a-1.svg', '/covers/%61-1%2Esvg', '/covers/a%2d1.svg?v=1', '/covers/a-1.svg?v=2'],
    ['/category/caf%C3%A9', '/category/caf%c3%a9', '/category/%63af%C3%a9'],
  ] as const)
    for (const other of [path, ...others]) expect([other, addressOf(other)?.path]).toEqual([other, path])
  // What is said by an escape stays escaped.
  expect(addressOf('/category/a%2Fb%3f%25')?.path).toBe('/category/a%2Fb%3F%25')
})

test('a redirect keeps the parameters that the page does not know', () => {
  expect(withUnkeyed('/books/a', '')).toBe('/books/a')
  expect(withUnkeyed('/books/a', 'utm=1')).toBe('/books/a?utm=1')
  expect(withUnkeyed('/category/a?page=2', 'utm=1')).toBe('/category/a?page=2&utm=1')
})

test('a slash at the end of the path of a public page is taken off', () => {
  expect(['/about/', '/search/', '/category/a/', '/covers/a.svg/'].map(withoutFinalSlash)).toEqual([
    '/about',
    '/search',
    '/category/a',
    '/covers/a.svg',
  ])
  for (const path of ['/', '/about', '/books/a/', '/cart/', '//about/', '/about//'])
    expect([path, withoutFinalSlash(path)]).toEqual([path, undefined])
})

test('what the CDN took out of a query comes back, but nothing that would change the page', () => {
  const restore = (path: string, unkeyed: string) =>
    restoreUnkeyed(new URL(path, ORIGIN), unkeyed).href.slice(ORIGIN.length)
  expect(restore('/books/a', 'utm=1')).toBe('/books/a?utm=1')
  expect(restore('/search?q=a', 'utm=1&u=%C3%A9')).toBe('/search?q=a&utm=1&u=%C3%A9')
  for (const evil of ['q=evil', '%71=evil', 'page=2&q=evil', '&', '', '#x', 'sort=title'])
    expect([evil, addressOf(restore('/search', evil))?.path]).toEqual([evil, '/search'])
  expect(restore('/covers/a.svg', 'v=1')).toBe('/covers/a.svg')
  expect(restore('/cart?removed=a', 'utm=1')).toBe('/cart?removed=a')
})
