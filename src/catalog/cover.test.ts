import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { aBook, createTestShop, type TestShop } from '../../test/kit.ts'
import { dumpTables } from '../../test/table-contents.ts'

const drawn = (width = 60, height = 90) =>
  sharp({ create: { width, height, channels: 3, background: '#258' } })

const put = (shop: TestShop, bytes: Uint8Array, type = 'image/jpeg', id = 'tech-001') =>
  shop.staff.call('PUT', `/api/books/${id}/cover`, new Uint8Array(bytes), { 'content-type': type })

const kept = async (shop: TestShop, url: string) => {
  const bytes = await shop.deps.blobs.get(url.replace('/images/', ''))
  return { bytes: Buffer.from(bytes ?? []), ...(await sharp(bytes).metadata()) }
}

test.each(['jpeg', 'png', 'webp', 'avif'] as const)(
  'a %s becomes a WebP cover, whatever it says of itself',
  async format => {
    const shop = await createTestShop({ books: [aBook()] })
    const { status, body } = await put(shop, await drawn().toFormat(format).toBuffer(), 'text/html')
    expect(status).toBe(200)
    expect(body.image_url).toMatch(/^\/images\/covers\/tech-001-[0-9a-f]{16}\.webp$/)
    expect(await kept(shop, body.image_url)).toMatchObject({ format: 'webp', width: 60, height: 90 })
    expect((await shop.visitor().get('/api/books/tech-001')).body.image_url).toBe(body.image_url)
  },
)

test('of a photograph only its pixels are kept, turned upright: no place, no camera, no profile', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const photo = await drawn(90, 60)
    .withExif({ IFD0: { Copyright: 'A secret owner' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  expect(photo.includes('Exif')).toBe(true)
  const cover = await kept(shop, (await put(shop, photo)).body.image_url)
  expect(cover).toMatchObject({ format: 'webp', width: 60, height: 90 })
  for (const name of ['exif', 'icc', 'iptc', 'xmp', 'orientation'] as const)
    expect(cover[name]).toBeUndefined()
  expect(cover.bytes.includes('secret')).toBe(false)
})

test('a large cover is made smaller, a small one is left, and each content has a name of its own', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const large = (await put(shop, await drawn(3_000, 2_000).jpeg().toBuffer())).body.image_url
  expect(await kept(shop, large)).toMatchObject({ width: 1_200, height: 800 })
  const small = (await put(shop, await drawn(10, 10).png().toBuffer())).body.image_url
  expect(await kept(shop, small)).toMatchObject({ width: 10, height: 10 })
  expect(small).not.toBe(large)
})

const refused = async (): Promise<Record<string, Uint8Array>> => {
  const jpeg = await drawn().jpeg().toBuffer()
  const png = await drawn(300, 300).png().toBuffer()
  const noisy = await sharp({
    create: {
      width: 400,
      height: 400,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer()
  return {
    'no bytes': new Uint8Array(),
    'a text': Buffer.from('not an image'),
    'an SVG with a script': Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    ),
    'an SVG that wants a file': Buffer.from(
      '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
    ),
    'a GIF that is a script': Buffer.concat([
      Buffer.from('GIF89a/*'),
      Buffer.alloc(20),
      Buffer.from('*/=1;alert(1)'),
    ]),
    'a GIF': await drawn().gif().toBuffer(),
    'a TIFF': await drawn().tiff().toBuffer(),
    'half a JPEG': jpeg.subarray(0, jpeg.length / 2),
    'half a PNG': noisy.subarray(0, noisy.length / 2),
    'a PNG with a bent size': Buffer.concat([
      png.subarray(0, 16),
      Buffer.from([0x7f, 0xff, 0xff, 0xff]),
      png.subarray(20),
    ]),
    'a JPEG of 41 megapixels': await drawn(6_410, 6_400).jpeg({ quality: 1 }).toBuffer(),
    'a web page': Buffer.from('<!doctype html><script>alert(1)</script>'),
  }
}

test('what is no such image is refused, and nothing is kept of it', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const before = await dumpTables(shop)
  for (const [name, bytes] of Object.entries(await refused()))
    for (const type of ['image/jpeg', 'image/svg+xml'])
      expect((await put(shop, bytes, type)).body, name).toMatchObject({
        code: 'unsupported_media_type',
        status: 415,
      })
  expect(await dumpTables(shop)).toBe(before)
  expect(() => readdirSync(join(shop.deps.settings.dataDir, 'blobs', 'covers'))).toThrow('ENOENT')
  expect(shop.reportedErrors).toEqual([])
})

test('more than 5 MB are refused, announced or not', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const large = new Uint8Array(5 * 1024 * 1024 + 1)
  expect((await put(shop, large)).body.code).toBe('body_too_large')
  const announced = { 'content-length': String(6e6) }
  const response = await shop.staff.call('PUT', '/api/books/tech-001/cover', new Uint8Array(10), announced)
  expect(response.status).toBe(413)
})

test('a cover is for a book that is there, from staff', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const bytes = await drawn().png().toBuffer()
  expect((await put(shop, bytes, 'image/png', 'no-such-book')).body.code).toBe('book_not_found')
  expect((await put(shop, bytes, 'image/png', '..%2f..%2fetc')).body.code).toBe('book_not_found')
  const { status } = await shop.visitor().call('PUT', '/api/books/tech-001/cover', new Uint8Array(bytes))
  expect(status).toBe(401)
})

test('a cover changes nothing but the picture, while copies are sold', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const bytes = await drawn().png().toBuffer()
  const deltas = Array.from({ length: 5 }, () =>
    shop.staff.call('PATCH', '/api/books/tech-001', { stock_delta: -1 }),
  )
  const [cover] = await Promise.all([put(shop, bytes), ...deltas])
  expect(cover.status).toBe(200)
  expect((await shop.staff.get('/api/books/tech-001/stock')).body).toMatchObject({
    title: 'Clean Code',
    stock_quantity: 20,
  })
})

test('beside the cover lie the sizes that pages use, in WebP and AVIF', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const url = (await put(shop, await drawn(900, 1_350).jpeg().toBuffer())).body.image_url
  for (const width of [200, 400, 800])
    for (const form of ['avif', 'webp']) {
      const found = await kept(shop, url.replace('.webp', `-w${width}.${form}`))
      expect(found).toMatchObject({ format: form === 'avif' ? 'heif' : 'webp', width, height: width * 1.5 })
    }
  const small = (await put(shop, await drawn(100, 150).jpeg().toBuffer())).body.image_url
  expect(await kept(shop, small.replace('.webp', '-w400.avif'))).toMatchObject({ width: 100 })
})

test('of many large covers at once, a few are worked on in turn, and the others are refused with Retry-After', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const image = await drawn(1_200, 1_800).jpeg().toBuffer()
  const answers = await Promise.all(Array.from({ length: 12 }, () => put(shop, image)))
  const done = answers.filter(({ status }) => status === 200)
  expect(done.length).toBeGreaterThanOrEqual(1)
  // One runs and four wait.
  expect(done.length).toBeLessThanOrEqual(5)
  for (const { status, body, headers } of answers)
    if (status !== 200)
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'store_busy', '1'])
  expect((await put(shop, image)).status).toBe(200)
})
