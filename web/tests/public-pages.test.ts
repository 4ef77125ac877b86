import { expect, test } from 'vitest'
import { books } from './books.ts'
import { startSite } from './site.ts'

const site = await startSite({ books })
const PUBLIC = [
  '/',
  '/category/poetry?page=2',
  '/search?q=clean',
  '/books/tech-001/clean-code',
  '/about',
  '/privacy',
  '/covers/tech-001.svg',
]
const getPage = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${site.url}${path}`, { headers, redirect: 'manual' })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

test('public pages are identical for everyone, set no cookie and are cacheable by a CDN', async () => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001', quantity: 3 })
  for (const path of PUBLIC) {
    const stranger = await getPage(`${path}${path.includes('?') ? '&' : '?'}who=1`)
    const known = await getPage(`${path}${path.includes('?') ? '&' : '?'}who=1`, {
      cookie: guest.cookie() ?? '',
      'accept-language': 'de',
      'user-agent': 'Googlebot',
    })
    expect(stranger.status, path).toBe(200)
    expect(known.text).toBe(stranger.text)
    for (const { headers } of [stranger, known]) {
      expect(headers.get('set-cookie')).toBeNull()
      expect(headers.get('cache-control')).toMatch(/^public/)
    }
  }
})

test('private pages are not cached, and each response has its own nonce', async () => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const nonces = new Set<string>()
  for (const path of ['/cart', '/checkout', '/orders', '/orders/find', '/no/such/page']) {
    const { headers } = await getPage(path, { cookie: guest.cookie() ?? '' })
    expect(headers.get('cache-control'), path).toBe('no-store')
    nonces.add(/'nonce-([\w+/=-]+)'/.exec(headers.get('content-security-policy') ?? '')?.[1] ?? '')
  }
  expect(nonces.size).toBe(5)
})

test('the CSP of a public page allows its scripts by hash, and forbids others and framing', async () => {
  const { headers, text } = await getPage('/books/tech-001/clean-code')
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/script-src 'self' 'sha256-/)
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("frame-ancestors 'none'")
  expect(text).not.toContain('nonce=')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('pages load images only from the shop, with width and height', async () => {
  const { text } = await getPage('/category/fiction')
  expect(text).not.toContain('images.example.com')
  for (const [image] of text.matchAll(/<img[^>]*>/g))
    expect(image).toMatch(/src="\/(covers|images)\/.*width="\d+" height="\d+"/)
})

test('a book has one canonical URL; other URLs redirect to it', async () => {
  for (const other of ['/books/tech-001', '/books/tech-001/wrong', '/books/978-0-13-235088-4']) {
    const { status, headers } = await getPage(other)
    expect([other, status, headers.get('location')]).toEqual([other, 301, '/books/tech-001/clean-code'])
  }
  const { text } = await getPage('/books/tech-001/clean-code')
  expect(text).toContain(`<link rel="canonical" href="${site.url}/books/tech-001/clean-code"/>`)
  expect(text).toContain('property="og:title"')
  const [, data = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(text) ?? []
  expect(JSON.parse(data)).toMatchObject({
    '@type': 'Book',
    isbn: '9780132350884',
    offers: { price: '42.99', priceCurrency: 'USD', availability: 'https://schema.org/InStock' },
  })
})

test('a redirect to the canonical URL of a book keeps the query', async () => {
  for (const query of ['?utm_source=newsletter', '?a=1&b=%C3%A9']) {
    const { status, headers } = await getPage(`/books/tech-001${query}`)
    expect([status, headers.get('location')]).toEqual([301, `/books/tech-001/clean-code${query}`])
  }
  const { text } = await getPage('/books/tech-001/clean-code?utm_source=newsletter')
  expect(text).toContain(`<link rel="canonical" href="${site.url}/books/tech-001/clean-code"/>`)
})

test('an edit of a book invalidates its cached page at once, and lists shortly after', async () => {
  const read = async (path: string) => (await getPage(path)).text
  expect(await read('/books/poem-1/collected-poems-volume-2')).toContain('$9.00')
  expect(await read('/category/poetry')).toContain('$9.00')
  await site.staff.call('PATCH', '/api/books/poem-1', { price: 77.77 })
  expect(await read('/books/poem-1/collected-poems-volume-2')).toContain('$77.77')
  await expect.poll(() => read('/category/poetry')).toContain('$77.77')
})

test('a conditional request for a cached page is answered with 304', async () => {
  const { headers } = await getPage('/about')
  const again = await getPage('/about', { 'if-none-match': headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
})

test('unknown URLs and pages after the last one are 404', async () => {
  for (const path of [
    '/no/such/page',
    '/books/none',
    '/category/none',
    '/category/poetry?page=3',
    '/covers/none.svg',
  ])
    expect([path, (await getPage(path)).status]).toEqual([path, 404])
})

test('a drawn cover that is not there is a problem document, as everything that is not a page', async () => {
  for (const path of ['/covers/none.png', '/covers/none.svg', '/covers/a.gif', '/covers/%F0%9F%93%9A.svg']) {
    const { status, headers, text } = await getPage(path)
    expect([path, status, headers.get('content-type')]).toEqual([path, 404, 'application/problem+json'])
    expect(JSON.parse(text)).toMatchObject({ status: 404, code: 'not_found' })
  }
})

/** The breadcrumbs in a page's JSON-LD. */
const readBreadcrumbs = (page: string): unknown => {
  const found = [...page.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)]
    .map(([, json = '']) => JSON.parse(json))
    .find(data => data['@type'] === 'BreadcrumbList')
  return found?.itemListElement
}

test('breadcrumbs of books and categories are valid JSON-LD, whatever the title contains', async () => {
  const home = { '@type': 'ListItem', position: 1, name: 'Home', item: `${site.url}/` }
  const category = { '@type': 'ListItem', position: 2, name: 'Poetry' }
  expect(readBreadcrumbs((await getPage('/category/poetry')).text)).toEqual([home, category])
  const title = '</script><script>alert("1")</script> & <!-- a poem'
  await site.staff.call('PATCH', '/api/books/poem-2', { title })
  const { text } = await getPage((await getPage('/books/poem-2')).headers.get('location') ?? '')
  expect(text).not.toContain('<script>alert')
  expect(readBreadcrumbs(text)).toEqual([
    home,
    { ...category, item: `${site.url}/category/poetry` },
    { '@type': 'ListItem', position: 3, name: title },
  ])
})

test('each author of a book is a link to their books, and a person in JSON-LD', async () => {
  await site.staff.call('PATCH', '/api/books/poem-2', { author: 'Berg, Ada & Cal Dorn', title: 'Two Voices' })
  const { text } = await getPage('/books/poem-2/two-voices')
  const links = [...text.matchAll(/<a href="\/search\?author=([^"]*)"[^>]*>([^<]*)<\/a>/g)]
  expect(links.map(([, href, name]) => [decodeURIComponent(href ?? '').replaceAll('+', ' '), name])).toEqual([
    ['Ada Berg', 'Ada Berg'],
    ['Cal Dorn', 'Cal Dorn'],
  ])
  const [json = ''] = [...text.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)].map(
    ([, found = '']) => found,
  )
  expect(JSON.parse(json).author).toEqual([
    { '@type': 'Person', name: 'Ada Berg' },
    { '@type': 'Person', name: 'Cal Dorn' },
  ])
  expect((await getPage('/search?author=Cal+Dorn')).text).toContain('Two Voices')
})

test('a search that finds nothing as typed says that its results are similar', async () => {
  await site.staff.call('PATCH', '/api/books/poem-2', { title: 'Weatherglass' })
  const heading = 'No exact match. Similar:'
  const similar = (await getPage('/search?q=waetherglass')).text
  expect(similar).toContain(heading)
  expect(similar).toContain('Weatherglass')
  expect((await getPage('/search?q=weatherglass')).text).not.toContain(heading)
  expect((await getPage('/search?q=zzzzqq')).text).not.toContain(heading)
})

test('robots.txt and the sitemap list the public pages', async () => {
  const { text: robots } = await getPage('/robots.txt')
  expect(robots).toContain(`Sitemap: ${site.url}/sitemap.xml`)
  const rules = [...robots.matchAll(/^(Allow|Disallow): (.+)$/gm)].map(([, verb, path = '']) => ({
    verb,
    path,
  }))
  const toPattern = (path: string) => new RegExp(`^${path.replaceAll('*', '.*')}`)
  // The longest matching rule applies (RFC 9309).
  const isOpen = (address: string) =>
    rules.filter(({ path }) => toPattern(path).test(address)).sort((a, b) => b.path.length - a.path.length)[0]
      ?.verb !== 'Disallow'
  const closed = ['/api/books', '/cart', '/checkout', '/orders', '/orders/find', '/account/data', '/sign-in']
  for (const path of [...closed, '/sign-up', '/sign-out', '/forgot-password', '/staff', '/visitor'])
    expect([path, isOpen(path)]).toEqual([path, false])
  for (const path of [
    '/',
    '/about',
    '/books/tech-001/clean-code',
    '/category/poetry',
    '/images/covers/a.webp',
  ])
    expect([path, isOpen(path)]).toEqual([path, true])
  // Pages of emailed links must be crawlable, or their noindex would not be read.
  for (const path of [
    '/orders/open',
    '/orders/x/view',
    '/verify-email',
    '/reset-password',
    '/confirm-address',
  ]) {
    expect([path, isOpen(path)]).toEqual([path, true])
    expect((await getPage(path)).text).toContain('<meta name="robots" content="noindex"/>')
  }
  expect((await getPage('/sitemap.xml')).text).toContain(`<loc>${site.url}/sitemap-1.xml</loc>`)
  const { text } = await getPage('/sitemap-1.xml')
  expect(text).toContain(`<loc>${site.url}/books/tech-001/clean-code</loc>`)
  const categories = new Set(books.map(({ category }) => category))
  expect(text.match(/<url>/g)?.length).toBe(books.length + categories.size + 3)
  const listed = [...text.matchAll(/<loc>([^<]*\/category\/[^<]*)<\/loc>/g)].map(([, url = '']) => url)
  expect(listed).toContain(`${site.url}/category/science-fiction`)
  for (const url of listed) expect((await fetch(url, { redirect: 'manual' })).status).toBe(200)
})

test('the sitemap gives the time of the last edit, where it is known', async () => {
  const entryOf = async (bookId: string) => {
    const { text } = await getPage('/sitemap-1.xml')
    return text.split('\n').find(line => line.includes(`/books/${bookId}/`))
  }
  await site.staff.call('PATCH', '/api/books/poem-3', { price: 12 })
  const edited = await site.visitor().get('/api/books/poem-3')
  await expect.poll(() => entryOf('poem-3')).toContain(`<lastmod>${edited.body.updated_at}</lastmod>`)
  expect(await entryOf('poem-4')).toContain('<lastmod>')
  const { text } = await getPage('/sitemap-1.xml')
  expect(text).toContain(`<url><loc>${site.url}/about</loc></url>`)
})

test('a cross-site form submission with the visitor’s cookie changes nothing', async () => {
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const send = (headers: Record<string, string>) =>
    fetch(`${site.url}/cart`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ intent: 'set', book_id: 'tech-001', quantity: '0' }),
      headers: { cookie: guest.cookie() ?? '', ...headers },
    })
  const forged = [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]
  for (const headers of forged) expect((await send(headers)).status).toBe(403)
  expect((await guest.get('/api/cart')).body.item_count).toBe(1)
  expect((await send({ origin: site.url })).status).toBe(303)
  expect((await guest.get('/api/cart')).body.item_count).toBe(0)
})
