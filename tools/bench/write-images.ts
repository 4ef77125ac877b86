/** Script `npm run docs:images`: creates the screenshots of README.md from a freshly started shop. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import sharp, { type Sharp } from 'sharp'
import { launchBrowser } from '../../web/tests/browser.ts'
import { runBench } from './run-bench.ts'
import { startShop } from './shop-process.ts'

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const QUALITY = 82
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 860 } }
/** Device pixel ratio 2, as on a phone. */
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }
/** Three phones with two gaps are as wide as a desktop screenshot. */
const [SHOWN, GAP] = [{ width: 410, height: 887 }, 25]
const GAP_COLOUR = '#cfc7b5'

const BOOK = '/books/phil-002'
const IN_CART = ['fic-001', 'tech-001']

/** Screenshot of a page when everything has loaded: PNG. */
const takeScreenshot = async (page: Page, path: string): Promise<Buffer> => {
  const answer = await page.goto(path, { waitUntil: 'networkidle' })
  if (!answer?.ok()) throw new Error(`${path} answered ${answer?.status()}`)
  await page.evaluate(() => document.fonts.ready)
  return page.screenshot({ animations: 'disabled', caret: 'hide' })
}

const writePicture = async (name: string, picture: Sharp): Promise<void> => {
  const bytes = await picture.webp({ quality: QUALITY }).toBuffer()
  writeFileSync(`${IMAGES}${name}.webp`, bytes)
  console.log(`docs/images/${name}.webp: ${Math.round(bytes.length / 1000)} kB`)
}

const joinSideBySide = async (shots: readonly Buffer[]): Promise<Sharp> => {
  const step = SHOWN.width + GAP
  const parts = await Promise.all(shots.map(one => sharp(one).resize(SHOWN).toBuffer()))
  return sharp({
    create: {
      width: step * shots.length - GAP,
      height: SHOWN.height,
      channels: 3,
      background: GAP_COLOUR,
    },
  }).composite(parts.map((input, i) => ({ input, left: i * step, top: 0 })))
}

const writePictures = async (browser: Browser, baseURL: string): Promise<void> => {
  const visit = async (options: BrowserContextOptions) =>
    (await browser.newContext({ ...options, baseURL })).newPage()
  await writePicture('home', sharp(await takeScreenshot(await visit(DESKTOP), '/')))
  await writePicture(
    'book',
    sharp(await takeScreenshot(await visit({ ...DESKTOP, colorScheme: 'dark' }), BOOK)),
  )
  const phone = await visit(PHONE)
  const shelf = await takeScreenshot(phone, '/category/science-fiction')
  for (const book_id of IN_CART) {
    const added = await phone.request.post('/api/cart/items', {
      data: { book_id },
      headers: { 'sec-fetch-site': 'same-origin' },
    })
    if (!added.ok()) throw new Error(`the cart answered ${added.status()} for ${book_id}`)
  }
  await writePicture(
    'phone',
    await joinSideBySide([
      shelf,
      await takeScreenshot(phone, '/cart'),
      await takeScreenshot(phone, '/checkout'),
    ]),
  )
}

let browser: Browser | undefined
await runBench(
  async folder => {
    const shop = await startShop(folder, '/api/categories')
    browser = await launchBrowser()
    // The host under which the shop knows its own pages.
    await writePictures(browser, `http://localhost:${shop.port}`)
  },
  () => browser?.close(),
)
