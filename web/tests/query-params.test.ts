import { afterEach, expect, test, vi } from 'vitest'
import { PUBLIC_PAGES, ROUTES_PARAM } from '#src/pages/public-pages.ts'
import { books } from './books.ts'
import { expectNoPageErrors, startSite, waitForHydration } from './site.ts'

const site = await startSite({ books })

afterEach(() => vi.restoreAllMocks())

/** Paths of every public page, with each of its forms. */
const EXAMPLES = [
  '/',
  '/category/poetry',
  '/category/Poetry',
  '/search',
  '/search?q=nothing-has-this-word',
  '/books/tech-001/clean-code',
  '/books/tech-001',
  '/books/none',
  '/covers/tech-001.svg',
  '/covers/tech-001.png',
  '/about',
  '/terms',
  '/privacy',
  '/site.webmanifest',
]
/** What the router itself reads, which is the same for every page. */
const OF_ROUTER = [ROUTES_PARAM, 'index']
const pageOf = (path: string) => PUBLIC_PAGES.find(one => one.path.test(path.replace(/\?.*/, '')))

/** Names of the parameters that the code of the pages' build reads while `work` runs. */
const namesRead = async (work: () => Promise<unknown>): Promise<Set<string>> => {
  const names = new Set<string>()
  for (const method of ['get', 'getAll', 'has'] as const) {
    const original = URLSearchParams.prototype[method] as (this: URLSearchParams, name: string) => unknown
    vi.spyOn(URLSearchParams.prototype, method).mockImplementation(function (
      this: URLSearchParams,
      name: string,
    ) {
      if (new Error('here').stack?.includes('/server/index.js')) names.add(name)
      return original.call(this, name) as never
    })
  }
  await work()
  vi.restoreAllMocks()
  return names
}

test('every public page reads only the parameters that are listed for it', async () => {
  expect(new Set(EXAMPLES.map(pageOf))).toEqual(new Set(PUBLIC_PAGES))
  const read = new Map<string, Set<string>>()
  for (const path of EXAMPLES)
    for (const url of [path, `${path}${path.includes('?') ? '&' : '?'}page=2&sort=title`]) {
      const { route, params } = pageOf(path) ?? { route: '', params: {} }
      const names = await namesRead(() => site.fetch(new Request(`${site.url}${url}`)))
      expect(
        [...names].filter(name => !(name in params) && !OF_ROUTER.includes(name)),
        url,
      ).toEqual([])
      read.set(route, new Set([...(read.get(route) ?? []), ...names]))
    }
  // And lists none that it does not read.
  for (const { route, params } of PUBLIC_PAGES)
    expect(
      Object.keys(params).filter(name => !read.get(route)?.has(name)),
      route,
    ).toEqual([])
})

test('parameters of campaigns make no other page, and redirects of the shop keep them', async () => {
  const get = async (path: string) => {
    const response = await fetch(`${site.url}${path}`, { redirect: 'manual' })
    return {
      status: response.status,
      location: response.headers.get('location'),
      text: await response.text(),
    }
  }
  for (const path of ['/?', '/search?q=clean&', '/category/poetry?page=2&', '/books/tech-001/clean-code?'])
    expect((await get(`${path}utm_source=a&gclid=b`)).text).toBe((await get(path)).text)
  for (const [sent, location] of [
    ['/books/tech-001?utm_source=newsletter', '/books/tech-001/clean-code?utm_source=newsletter'],
    ['/books/tech-001/?u=1', '/books/tech-001/clean-code?u=1'],
    ['/category/Poetry?utm_source=a&page=2', '/category/poetry?page=2&utm_source=a'],
    ['/category/poetry/?utm_source=a', '/category/poetry?utm_source=a'],
    ['/search/?utm_source=a&q=x', '/search?utm_source=a&q=x'],
    ['/about/?utm_source=a', '/about?utm_source=a'],
  ])
    expect([sent, await get(sent as string)]).toMatchObject([sent, { status: 301, location }])
})

test('a page hydrates at an address with further parameters, which stays as it was', async () => {
  const opened = await site.openWindow()
  const { page } = opened
  const address = '/search?utm_source=a&q=clean&gclid=b&page=1'
  await page.goto(address)
  await waitForHydration(page)
  expect(page.url()).toBe(`${site.url}${address}`)
  expect(await page.getByRole('combobox').inputValue()).toBe('clean')
  // Client-side navigation to a page that redirects keeps them too.
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: '/books/tech-001?utm_source=c' })
    document.body.append(link)
    link.click()
  })
  await page.waitForURL(`${site.url}/books/tech-001/clean-code?utm_source=c`)
  expectNoPageErrors(opened)
})
