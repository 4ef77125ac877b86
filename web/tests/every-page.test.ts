import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startIssuer } from '../../test/oidc-issuer.ts'
import { axeViolations } from './axe.ts'
import { books } from './books.ts'
import {
  addToCart,
  fillAddress,
  ORDER_CONFIRMED,
  startSite,
  type Window,
  waitForContentFocus,
  waitForHeading,
  waitForHydration,
  withoutHttpErrors,
} from './site.ts'

const PUBLIC = [
  '/',
  '/category/poetry',
  '/category/poetry?page=2&sort=price_desc',
  '/search?q=clean',
  '/search?q=xqzvw',
  '/books/tech-001/clean-code',
  '/about',
  '/privacy',
]
const PRIVATE = [
  '/cart',
  '/orders',
  '/orders/find',
  '/no/such/page',
  '/books/none',
  '/checkout/paying/none',
  '/sign-in',
  '/sign-in/code',
  '/sign-up',
  '/sign-out',
  '/sign-in/cognito?state=none',
  '/forgot-password',
  '/verify-email',
  '/verify-email/again',
  `/verify-email?token=${'A'.repeat(43)}`,
  `/reset-password?token=${'A'.repeat(43)}`,
  `/confirm-address?token=${'A'.repeat(43)}`,
]
/** Pages of signed-in customers and of staff. */
const SIGNED_IN = [
  '/account',
  '/account/addresses',
  '/account/security',
  '/account/password',
  '/account/email',
  '/account/two-factor',
  '/account/passkeys',
  '/account/single-sign-on',
  '/account/data',
  '/staff',
  '/staff?q=clean',
  '/staff/payments',
  '/staff/payments?state=due',
  '/staff/reports',
  '/staff/reports/sales',
  '/staff/books/tech-001',
]

const issuer = await startIssuer()
const site = await startSite({ books, env: issuer.env })
/** A staff member with a password, by which changes of the account are confirmed. */
const colleague = await site.account({ role: 'staff', password: 'three green quiet boats' })
let guest: Window
let orderId = ''

/** A window that reports violations of the CSP among its errors. */
const openWatched = async (): Promise<Window> => {
  const window = await site.openWindow()
  await window.page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', event =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    ),
  )
  return window
}

/** A window of a guest with an order and a book in the cart. */
const shopperWindow = async (): Promise<Window> => {
  const window = await openWatched()
  const { page } = window
  for (const isFirst of [true, false]) {
    await page.goto('/books/tech-001/clean-code')
    await waitForHydration(page)
    await addToCart(page)
    if (!isFirst) break
    await page.goto('/checkout')
    await waitForHydration(page)
    await fillAddress(page)
    await page.getByRole('button', { name: 'Place order' }).click()
    await waitForHeading(page, ORDER_CONFIRMED)
    orderId = new URL(page.url()).pathname.split('/')[2] ?? ''
  }
  return window
}

/** A window in which a staff member is signed in. */
const staffWindow = async (): Promise<Window> => {
  const window = await openWatched()
  const [name = '', value = ''] = (colleague.cookie() ?? '').split('=')
  await window.page.context().addCookies([{ name, value, url: site.url }])
  return window
}

beforeAll(async () => {
  guest = await shopperWindow()
})

describe('every page', () => {
  const all = (): string[] => [
    ...PUBLIC,
    ...PRIVATE,
    '/checkout',
    `/orders/${orderId}`,
    `/orders/${orderId}/confirmed`,
  ]

  /**
   * Accessibility violations and horizontal overflow of these pages, in each width and color scheme. With `isShownThere`, none of
   * them may lead elsewhere.
   */
  const findProblems = async (
    page: Page,
    paths: readonly string[],
    isShownThere = false,
  ): Promise<string[]> => {
    const wrong: string[] = []
    for (const path of paths) {
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.goto(path)
      await waitForHydration(page)
      if (isShownThere) expect(new URL(page.url()).pathname).toBe(path.split('?')[0])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        wrong.push(...(await axeViolations(page)).map(violation => `${path} ${colorScheme} ${violation}`))
      }
      for (const width of [390, 768, 1280]) {
        await page.setViewportSize({ width, height: 900 })
        await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
        const scrolled = await page.evaluate(() => document.documentElement.scrollWidth)
        if (scrolled > width) wrong.push(`${path} is ${scrolled} wide at ${width}`)
      }
    }
    return wrong
  }

  const TITLE =
    'is accessible in light and dark mode, fits phone, tablet and desktop widths, and loads without console errors, requests to other hosts or CSP violations'
  test(TITLE, async () => {
    expect(await findProblems(guest.page, all())).toEqual([])
    expect(withoutHttpErrors(guest.pageErrors)).toEqual([])
  })

  test('of accounts and staff too, including form errors', async () => {
    const { page, pageErrors } = await staffWindow()
    expect(await findProblems(page, [...SIGNED_IN, `/staff/orders/${orderId}`], true)).toEqual([])
    expect(pageErrors).toEqual([])
    const mistakes: string[] = []
    for (const [path, button] of [
      ['/sign-up', 'Create account'],
      ['/sign-in', 'Sign in'],
      ['/account/password', 'Change password'],
      ['/account/two-factor', 'Get new recovery codes'],
      ['/account/addresses', 'Save'],
    ] as const) {
      await page.goto(path)
      await waitForHydration(page)
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.locator('[role=alert]:focus').waitFor()
      mistakes.push(...(await axeViolations(page)).map(violation => `${path} ${violation}`))
    }
    expect(mistakes).toEqual([])
  })

  test('that is opened by scripts has no errors either, nor have search suggestions', async () => {
    const window = await openWatched()
    await window.page.goto('/')
    await waitForHydration(window.page)
    await window.page.getByRole('link', { name: 'Collected Poems, Volume 1', exact: true }).first().click()
    await waitForHeading(window.page, 'Collected Poems, Volume 1')
    await window.page
      .getByRole('combobox', { name: 'Title, author, or ISBN' })
      .pressSequentially('solar', { delay: 30 })
    await window.page.getByRole('option', { name: 'Solaris' }).waitFor()
    await window.page.keyboard.press('ArrowDown')
    await window.page.getByRole('option', { name: 'Solaris', selected: true }).waitFor()
    await window.page.keyboard.press('Enter')
    await waitForHeading(window.page, 'Solaris')
    expect(withoutHttpErrors(window.pageErrors)).toEqual([])
  })
})

test('a guest can place an order with the keyboard alone', async () => {
  const { page } = await site.openWindow()
  const press = async (key: string, times = 1) => {
    for (let i = 0; i < times; i++) await page.keyboard.press(key)
  }
  /** Presses Tab until the focused element has this name. */
  const tabTo = async (name: RegExp) => {
    for (let i = 0; i < 80; i++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null
        if (element === document.body || element?.id === 'content') return ''
        const label =
          element instanceof HTMLInputElement || element instanceof HTMLSelectElement
            ? element.labels?.[0]?.textContent
            : ''
        return `${label} ${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`
      })
      if (name.test(focused)) return
      await press('Tab')
    }
    throw new Error(`${name} cannot be reached with the keyboard`)
  }
  await page.goto('/category/technology')
  await waitForHydration(page)
  await press('Tab')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
  await press('Enter')
  await waitForContentFocus(page)
  await tabTo(/^\s*Clean Code/)
  await press('Enter')
  await waitForHeading(page, 'Clean Code')
  await waitForContentFocus(page)
  await tabTo(/Add to cart/)
  await press('Enter')
  await page.getByText('Added to your cart.').waitFor()
  await tabTo(/View cart/)
  await press('Enter')
  await waitForHeading(page, 'Your cart')
  await waitForContentFocus(page)
  await tabTo(/Checkout/)
  await press('Enter')
  await waitForHeading(page, 'Checkout')
  await waitForContentFocus(page)
  for (const [label, text] of [
    [/Email/, 'reader@example.com'],
    [/Full name/, 'Ada Reader'],
    [/Street/, '1 Library Lane'],
    [/City/, 'Anytown'],
    [/State/, 'New York'],
    [/ZIP/, '12345'],
  ] as const) {
    await tabTo(label)
    await page.keyboard.type(text)
  }
  await tabTo(/Place order/)
  await press('Enter')
  await waitForHeading(page, ORDER_CONFIRMED)
})

afterAll(() => expect(site.reportedErrors.filter(error => error instanceof Error)).toEqual([]))
