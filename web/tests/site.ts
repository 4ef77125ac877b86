/** Test site: a complete shop with its pages on its own port, and browser windows. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { pagePayments } from '#src/composition/payment-settings.ts'
import { createShop } from '#src/composition/shop.ts'
import type { TestPaymentService } from '#src/local/test-payments/test-payments.ts'
import { createLocalBuild } from '#src/pages/local-build.ts'
import { createFreshnessCheck } from '#src/pages/page-cache.ts'
import { createPageServer } from '#src/pages/serve.ts'
import { onCleanup } from '../../test/cleanup.ts'
import { createTestShop, type ShopOptions, type TestShop } from '../../test/kit.ts'
import { launchBrowser } from './browser.ts'

let browser: Promise<Browser> | undefined
const withoutScripts = new WeakSet<BrowserContext>()
/** Timeouts of a single wait and of a test; generous, for machines under load. */
const WAIT_TIMEOUT_MS = 60_000
const TEST_TIMEOUT_MS = 300_000

/** The browser of this test file, started on first use. */
const getBrowser = (): Promise<Browser> => {
  if (browser === undefined) {
    browser = launchBrowser()
    onCleanup(async () => {
      await (await browser)?.close()
      browser = undefined
    })
  }
  return browser
}

export type Site = TestShop & {
  readonly url: string
  /**
   * Opens a window of a new visitor. Console errors and requests to other hosts are collected in
   * `pageErrors`.
   */
  readonly openWindow: (options?: BrowserContextOptions) => Promise<Window>
}

export type Window = { readonly page: Page; readonly pageErrors: string[] }

const collectErrors = (page: Page, url: string, pageErrors: string[]): void => {
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') pageErrors.push(message.text())
  })
  page.on('pageerror', error => pageErrors.push(error.message))
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      pageErrors.push(`asked ${request.url()}`)
  })
}

/** Leaves out the console messages of 4xx responses, which tests expect. */
export const withoutHttpErrors = (pageErrors: readonly string[]): string[] =>
  pageErrors.filter(
    fault => !fault.startsWith('Failed to load resource: the server responded with a status of 4'),
  )

/** Starts a server before its handler exists, because the shop needs to know the port. */
const startListening = async () => {
  let fetch: ((request: Request) => Promise<Response>) | undefined
  const answer = (by: typeof fetch): void => {
    fetch = by
  }
  const server = serve({
    fetch: async request => (await fetch?.(request)) ?? new Response(null, { status: 503 }),
    port: 0,
    hostname: 'localhost',
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, server, answer }
}

type SiteOptions = ShopOptions & {
  /** Origins of payment pages on other hosts. */
  readonly paymentOrigins?: readonly string[]
  /** Test payments that the site serves, as a local shop does. */
  readonly testPayments?: TestPaymentService
}

/** Starts a shop with these books and its pages. */
export const startSite = async ({
  paymentOrigins = [],
  testPayments,
  ...options
}: SiteOptions): Promise<Site> => {
  vi.setConfig({
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    expect: { poll: { timeout: WAIT_TIMEOUT_MS } },
  })
  const { port, server, answer } = await startListening()
  const url = `http://localhost:${port}`
  const shop = await createTestShop({ ...options, env: { ...options.env, PUBLIC_URL: url } })
  const app = createShop(shop.deps)
  const build = createLocalBuild(() => {})
  const pages = createPageServer({
    fetch: app.fetch,
    elsewhere: testPayments?.wrap(app.fetch) ?? app.fetch,
    publicUrl: url,
    origins: app.origins,
    loadShedder: app.loadShedder,
    currency: shop.deps.currency.code,
    shop: shop.deps.shop,
    payments: { ...pagePayments(shop.deps.methods, false), origins: paymentOrigins },
    createFreshnessCheck: pathname => createFreshnessCheck(shop.deps.liveIndex, pathname),
    load: build.load,
    log: shop.deps.log,
  })
  answer(pages.fetch)
  testPayments?.start({ host: 'localhost', port, publicUrl: url })
  onCleanup(async () => testPayments?.stop())
  onCleanup(() => new Promise<void>(done => server.close(() => done())))
  onCleanup(build.close)
  // Loads the page bundle, so that no test has to wait for it.
  await pages.fetch(new Request(`${url}/about`))
  const openWindow = async (settings: BrowserContextOptions = {}): Promise<Window> => {
    const context = await (await getBrowser()).newContext({
      baseURL: url,
      viewport: { width: 1280, height: 900 },
      ...settings,
    })
    context.setDefaultTimeout(WAIT_TIMEOUT_MS)
    if (settings.javaScriptEnabled === false) withoutScripts.add(context)
    const page = await context.newPage()
    const pageErrors: string[] = []
    collectErrors(page, url, pageErrors)
    return { page, pageErrors }
  }
  return { ...shop, fetch: pages.fetch, url, openWindow }
}

/** Fills the checkout form. */
export const fillAddress = async (page: Page): Promise<void> => {
  await page.getByLabel('Email', { exact: false }).fill('reader@example.com')
  await page.getByRole('textbox', { name: 'Full name' }).fill('Ada Reader')
  await page.getByLabel('Street address').fill('1 Library Lane')
  await page.getByLabel('City').fill('Anytown')
  await page.getByLabel('State').selectOption('New York')
  await page.getByLabel('ZIP code').fill('12345')
}

/** Waits for the page with this heading. */
export const waitForHeading = (page: Page, heading: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()

/** Adds the book of the current page to the cart, with or without scripts. */
export const addToCart = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Add to cart' }).click()
  const stayed = page.getByText('Added to your cart.')
  await stayed
    .or(page.getByRole('heading', { level: 1, name: 'Your cart' }))
    .first()
    .waitFor()
}

/** Whether the page is hydrated: it then requests the visitor's data. */
export const isHydrated = (page: Page): Promise<boolean> =>
  page.evaluate(() =>
    performance.getEntriesByType('resource').some(({ name }) => new URL(name).pathname === '/visitor.data'),
  )

/** Waits until the page is loaded and, with scripts enabled, hydrated. */
export const waitForHydration = async (page: Page): Promise<void> => {
  await page.waitForLoadState('load')
  if (withoutScripts.has(page.context())) return
  await vi.waitFor(async () => expect(await isHydrated(page), `scripts of ${page.url()}`).toBe(true), {
    timeout: WAIT_TIMEOUT_MS,
  })
}

/** Waits for the focus on the content, which client-side navigation sets. */
export const waitForContentFocus = (page: Page): Promise<void> => page.locator('#content:focus').waitFor()

/** Heading of the order confirmation page. */
export const ORDER_CONFIRMED = 'Thank you. Your order is confirmed.'

export const expectNoPageErrors = ({ pageErrors }: Window): void => expect(pageErrors).toEqual([])
