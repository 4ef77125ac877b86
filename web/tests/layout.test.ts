/** Layout of navigation and lists on a phone and on a desktop, and the icons of the shop. */
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { aBook } from '../../test/kit.ts'
import { startSite } from './site.ts'

const PHONE = { width: 390, height: 844 }
/** From the largest to the smallest; the last are not in the navigation of other pages. */
const CATEGORIES = [
  'Fiction',
  'Poetry',
  'History',
  'Science Fiction and Fantasy',
  'Art',
  'Music',
  'Travel',
].concat(['Cooking', 'Paranormal Romance', 'Law', 'Gardens', 'Chess', 'Trains', 'Maps'])
const books = CATEGORIES.flatMap((category, i) =>
  Array.from({ length: 15 - i }, (_, n) =>
    aBook({ book_id: `b-${i}-${n}`, category, title: `Book ${i} ${n}` }),
  ),
)
const site = await startSite({ books })

test('on a phone, the current category is in view, without scripts', async () => {
  const { page } = await site.openWindow({ viewport: PHONE, javaScriptEnabled: false })
  for (const name of CATEGORIES) {
    await page.goto(`/category/${name.toLowerCase().replaceAll(' ', '-')}`)
    const current = page.locator('header [aria-current="page"]')
    expect(await current.textContent()).toBe(name)
    const box = await current.boundingBox()
    expect([name, (box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= PHONE.width]).toEqual([
      name,
      true,
    ])
  }
})

test('the focus ring of the category navigation is not clipped', async () => {
  for (const viewport of [PHONE, { width: 1280, height: 900 }]) {
    const { page } = await site.openWindow({ viewport })
    await page.goto('/category/fiction')
    const clipped = await page.locator('header .scroll-row').evaluate(row => {
      const around = row.getBoundingClientRect()
      return [...row.querySelectorAll('a')].flatMap(link => {
        link.focus({ focusVisible: true } as FocusOptions)
        const { outlineWidth, outlineOffset } = getComputedStyle(link)
        const ring = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset)
        const box = link.getBoundingClientRect()
        const isWhole =
          ring > 0 &&
          box.top - ring >= around.top &&
          box.bottom + ring <= around.bottom &&
          // A browser does not move a row for an item that it shows in part.
          (row.scrollWidth > row.clientWidth ||
            (box.left - ring >= around.left && box.right + ring <= around.right))
        return isWhole ? [] : [link.textContent]
      })
    })
    expect(clipped).toEqual([])
  }
})

test('all categories stand in straight rows', async () => {
  for (const viewport of [PHONE, { width: 1280, height: 900 }]) {
    const { page } = await site.openWindow({ viewport })
    await page.goto('/')
    const tops = await page
      .locator('#categories li')
      .evaluateAll(items => items.map(item => item.getBoundingClientRect().top))
    expect(tops).toHaveLength(CATEGORIES.length)
    const perRow = tops.filter(top => top === tops[0]).length
    expect(perRow).toBe(viewport === PHONE ? 2 : 4)
    tops.forEach((top, i) => {
      expect(top).toBe(tops[i - (i % perRow)])
    })
  }
})

test('every icon of the page and the manifest, and the picture of link previews, is an image of its size', async () => {
  const html = await (await fetch(site.url)).text()
  const sizeOf = async (path: string) => {
    const answer = await fetch(new URL(path, site.url))
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'image/png'])
    const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
    return `${width}x${height}`
  }
  const linked = (rel: string) => new RegExp(`<link rel="${rel}" href="([^"]+)"`).exec(html)?.[1] ?? 'none'
  expect(await sizeOf(linked('apple-touch-icon'))).toBe('180x180')
  const picture = /property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? 'none'
  expect(picture).toMatch(/^http:\/\/localhost/)
  expect(await sizeOf(picture)).toBe('1200x630')
  const answer = await fetch(new URL(linked('manifest'), site.url))
  expect(answer.headers.get('content-type')).toContain('application/manifest+json')
  const manifest = (await answer.json()) as { name: string; icons: { src: string; sizes: string }[] }
  expect(manifest.name).toBe('CloudShelf')
  for (const { src, sizes } of manifest.icons) expect(await sizeOf(src)).toBe(sizes)
  const ico = await fetch(`${site.url}/favicon.ico`)
  expect([ico.status, ico.headers.get('content-type')]).toEqual([200, 'image/x-icon'])
})
