import sharp from 'sharp'
import { expect, test } from 'vitest'
import { aBook } from '../../test/kit.ts'
import { startSite } from './site.ts'

const books = [
  aBook({ book_id: 'plain' }),
  aBook({
    book_id: 'long',
    title: 'Donaudampfschifffahrtsgesellschaftskapitän '.repeat(6).trim(),
    author: 'A. Sailor; B. Sailor; C. Sailor',
  }),
  aBook({ book_id: 'script', title: 'Война и мир <script>', author: 'Лев Толстой' }),
  aBook({ book_id: 'ext', title: 'Švejk (Osudy, #1)', author: 'Jaroslav Hašek' }),
  aBook({ book_id: 'signs', title: '!?', author: '—' }),
]
const site = await startSite({ books })
const fetchCover = async (id: string) => {
  const answer = await fetch(`${site.url}/covers/${id}.svg`)
  return { answer, svg: await answer.text() }
}

test('every book has a cover that is the same each time and contains only valid numbers', async () => {
  for (const { book_id } of books) {
    const { answer, svg } = await fetchCover(book_id)
    expect(answer.headers.get('content-type')).toBe('image/svg+xml')
    expect(svg).toMatch(/^<svg xmlns="[^"]*" viewBox="0 0 800 1200".*<\/svg>$/s)
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect((await fetchCover(book_id)).svg).toBe(svg)
  }
})

test('text is drawn as outlines; characters without a glyph stay text in the viewer’s fonts', async () => {
  expect((await fetchCover('ext')).svg).not.toContain('<text')
  const { svg } = await fetchCover('script')
  expect(svg).toMatch(/<text[^>]*>Война/)
  expect(svg).not.toContain('<script')
})

test('a cover URL with the current version is immutable; any other is cached like a page', async () => {
  const page = await (await fetch(`${site.url}/books/plain/clean-code`)).text()
  const [, address = ''] = /src="(\/covers\/plain\.svg\?v=[^"]+)"/.exec(page) ?? []
  expect((await fetch(`${site.url}${address}`)).headers.get('cache-control')).toContain('immutable')
  expect((await fetch(`${site.url}/covers/plain.svg?v=old`)).headers.get('cache-control')).not.toContain(
    'immutable',
  )
})

test('the Open Graph image of a book is a raster image of its cover', async () => {
  const page = await fetch(`${site.url}/books/plain/clean-code`).then(answer => answer.text())
  const [, shared = ''] = /property="og:image" content="([^"]+)"/.exec(page) ?? []
  expect(shared).toMatch(/^http:\/\/localhost:\d+\/covers\/plain\.png\?v=\w+$/)
  const answer = await fetch(shared)
  expect(answer.headers.get('content-type')).toBe('image/png')
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const picture = sharp(Buffer.from(await answer.arrayBuffer()))
  expect(await picture.metadata()).toMatchObject({ format: 'png', width: 800, height: 1200 })
  // The text is drawn: more than a single background color.
  expect((await picture.stats()).entropy).toBeGreaterThan(0.5)
})

test('an uploaded cover is offered as AVIF and WebP in several widths', async () => {
  const image = await sharp({ create: { width: 900, height: 1350, channels: 3, background: '#258' } })
    .jpeg()
    .toBuffer()
  await site.staff.call('PUT', '/api/books/plain/cover', new Uint8Array(image), {
    'content-type': 'image/jpeg',
  })
  const page = await fetch(`${site.url}/books/plain/clean-code?uploaded`).then(answer => answer.text())
  const [picture = ''] = /<picture[\s\S]*?<\/picture>/.exec(page) ?? []
  const sizes = (form: string) =>
    new RegExp(`type="image/${form}" srcSet="([^"]+)"`, 'i').exec(picture)?.[1]?.split(', ') ?? []
  for (const form of ['avif', 'webp']) {
    expect(sizes(form)).toHaveLength(3)
    for (const one of sizes(form)) {
      const [address = '', width = ''] = one.split(' ')
      const bytes = await site.deps.blobs.get(address.replace('/images/', ''))
      expect((await sharp(bytes).metadata()).width).toBe(Number.parseInt(width, 10))
    }
  }
  expect(picture).toMatch(/<img[^>]*width="400"[^>]*height="600"/)
})
