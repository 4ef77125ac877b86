import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { books } from './books.ts'
import { startSite } from './site.ts'

const folder = temporaryFolder()
const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const TERMS = `# Terms of Corner Books

We ship **within two days**, see [the law](https://law.example/terms?a=1&b=2).

<script>alert(1)</script>

A <b>bold</b> word, [a trap](javascript:alert(1)) ![our shop](https://spy.example/x.png)

# Withdrawal
`

const plain = await startSite({ books })
const named = await startSite({
  books,
  env: {
    SHOP_NAME: 'Corner & Sons',
    SHOP_LEGAL_NAME: 'Corner & Sons Ltd.',
    SHOP_ADDRESS: '1 Library Lane; Anytown, NY 12345',
    SHOP_EMAIL: 'hello@corner.example',
    SHOP_PHONE: '+1 555 0123',
    SHOP_TAX_ID: 'US123456',
    TERMS_FILE: fileOf('terms.md', TERMS),
    PRIVACY_FILE: fileOf('privacy.md', 'We keep nothing.'),
  },
})

const read = async ({ url }: { readonly url: string }, path: string) => {
  const answer = await fetch(`${url}${path}`)
  return { status: answer.status, text: await answer.text() }
}
const jsonLd = (text: string) =>
  [...text.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)].map(([, json = '']) =>
    JSON.parse(json),
  )

test('pages, their titles and their metadata have the name of the shop, and no other', async () => {
  for (const path of ['/', '/search?q=clean', '/books/tech-001/clean-code', '/about', '/cart', '/no/such']) {
    const { text } = await read(named, path)
    expect(text, path).toMatch(/<title>[^<]*Corner &amp; Sons[^<]*<\/title>/)
    expect(text, path).toMatch(/<footer[\s\S]*Corner &amp; Sons Ltd\.[\s\S]*1 Library Lane[\s\S]*<\/footer>/)
    expect(text, path).not.toContain('CloudShelf')
  }
  const { text } = await read(named, '/')
  expect(text).toContain('<meta property="og:site_name" content="Corner &amp; Sons"/>')
  expect((await read(plain, '/')).text).toMatch(/<title>CloudShelf, an independent bookshop<\/title>/)
})

test('JSON-LD describes the shop with its address, and each offer names it as the seller', async () => {
  const [shop] = jsonLd((await read(named, '/')).text)
  expect(shop).toEqual({
    '@context': 'https://schema.org',
    '@type': 'BookStore',
    '@id': `${named.url}/#shop`,
    url: `${named.url}/`,
    name: 'Corner & Sons',
    legalName: 'Corner & Sons Ltd.',
    address: '1 Library Lane, Anytown, NY 12345',
    email: 'hello@corner.example',
    telephone: '+1 555 0123',
    taxID: 'US123456',
  })
  const [book] = jsonLd((await read(named, '/books/tech-001/clean-code')).text)
  expect(book.offers.seller).toEqual({
    '@type': 'Organization',
    '@id': `${named.url}/#shop`,
    name: 'Corner & Sons',
  })
  expect(jsonLd((await read(plain, '/')).text)[0]).toMatchObject({
    '@type': 'Organization',
    name: 'CloudShelf',
  })
})

test('legal texts are shown without scripts, HTML or images of their own', async () => {
  const { status, text } = await read(named, '/terms')
  expect(status).toBe(200)
  const body = /<main[\s\S]*<\/main>/.exec(text)?.[0] ?? ''
  expect(body).toContain('<h1 class="page-title">Terms of Corner Books</h1>')
  expect(body).toContain('<h2>Withdrawal</h2>')
  expect(body).toContain(
    'We ship <strong>within two days</strong>, see <a href="https://law.example/terms?a=1&amp;b=2">the law</a>',
  )
  expect(body).not.toMatch(/<script|<img|javascript:/)
  expect(body).toContain('&lt;script&gt;')
  const privacy = (await read(named, '/privacy')).text
  expect(privacy).toContain('<h1 class="page-title">Privacy policy</h1>')
  expect(privacy).toContain('We keep nothing.')
})

test('a legal text that the shop has not written is not linked', async () => {
  const { text } = await read(plain, '/')
  expect(text).not.toContain('href="/terms"')
  expect(text).toMatch(/<a href="\/privacy"[^>]*>Cookies and your data<\/a>/)
  expect((await read(plain, '/terms')).status).toBe(404)
  expect((await read(plain, '/privacy')).text).toContain('Cookies and your data</h1>')
  const linked = (await read(named, '/')).text
  expect(linked).toMatch(/<a href="\/terms"[^>]*>Terms<\/a>/)
  expect(linked).toMatch(/<a href="\/privacy"[^>]*>Privacy<\/a>/)
})

test('the API documents have the name of the shop', async () => {
  const document = await (await fetch(`${named.url}/api/openapi.json`)).json()
  expect(document.info.title).toBe('Corner & Sons')
  expect((await read(named, '/api/docs')).text).toContain('<title>Corner &amp; Sons API</title>')
})
