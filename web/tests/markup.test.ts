/** Cross-site scripting (XSS): markup in every text that people can enter is shown as text and never runs. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type Account, aBook, orderFor } from '../../test/kit.ts'
import { entryText, readCorpus } from '../../tools/fuzz/corpus.ts'
import { startSite, type Window, waitForHydration, withoutHttpErrors } from './site.ts'

const markup = readCorpus('strings')
  .filter(({ id }) => id.includes('markup'))
  .map(entryText)
const fits = (text: string, length: number): string => text.slice(0, length)

const titled = markup.map((text, i) =>
  aBook({
    book_id: `m-${i}`,
    title: text,
    author: text,
    description: text,
    category: 'Markup',
    stock_quantity: 99,
  }),
)
const whole = aBook({
  book_id: 'whole',
  category: '<b>Bold</b>',
  description: markup.join('\n'),
  genres: markup.slice(0, 20),
})
const site = await startSite({ books: [...titled, whole] })

const signInAs = async ({ page }: Window, account: Account): Promise<void> => {
  const cookies = (account.cookie() ?? '').split('; ').map(pair => {
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: site.url }
  })
  await page.context().addCookies(cookies)
}

/** A window that records every dialog that injected markup opens. */
const watchedWindow = async (): Promise<Window & { readonly ran: string[] }> => {
  const window = await site.openWindow()
  const ran: string[] = []
  window.page.on('dialog', async dialog => {
    ran.push(`${dialog.type()} on ${window.page.url()}`)
    await dialog.dismiss()
  })
  return { ...window, ran }
}

const visit = async (page: Page, paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    await page.goto(path)
    await waitForHydration(page)
    // Triggers handlers that wait for input: `<details ontoggle>`, `autofocus`.
    await page.keyboard.press('Tab')
  }
}

test('markup in books, names, addresses and searches is shown as text on every page', async () => {
  const window = await watchedWindow()
  const { page, ran, pageErrors } = window
  const account = await site.account()
  await signInAs(window, account)
  const address = {
    name: fits(markup[1] ?? '', 100),
    street: fits(markup[0] ?? '', 200),
    city: fits(markup[3] ?? '', 100),
    postal_code: '<b>1</b>',
  }
  const named = { first_name: fits(markup[4] ?? '', 100), last_name: fits(markup[2] ?? '', 100), address }
  expect((await account.call('PATCH', '/api/users/me', named)).status).toBe(200)
  for (let i = 0; i < markup.length; i++) await account.post('/api/cart/items', { book_id: `m-${i}` })
  const { body: cart } = await account.get('/api/cart')
  const order = await account.post('/api/orders', orderFor(cart, { shipping_address: address }), {
    'idempotency-key': crypto.randomUUID(),
  })
  expect(order.status).toBe(201)
  await account.post('/api/cart/items', { book_id: 'm-1' })
  const searches = markup.slice(0, 4).map(text => `/search?${new URLSearchParams({ q: text })}`)
  await visit(page, [
    '/',
    '/category/Markup',
    '/category/%3Cb%3EBold%3C%2Fb%3E',
    '/books/whole/x',
    '/books/m-0/x',
    ...searches,
    '/cart',
    '/checkout',
    '/orders',
    `/orders/${order.body.order_id}`,
    '/account',
    '/account/addresses',
    '/account/security',
    `/sign-in?next=${encodeURIComponent('javascript:alert(1)')}`,
    `/${encodeURIComponent(markup[0] ?? '')}`,
  ])
  await page.goto('/books/whole/x')
  await page.getByText('<svg onload=alert(1)>').first().waitFor()
  expect(ran).toEqual([])
  // Nothing was attempted either: there are no CSP violations.
  expect(withoutHttpErrors(pageErrors)).toEqual([])
})

test('markup does not run on staff pages', async () => {
  const window = await watchedWindow()
  const { page, ran, pageErrors } = window
  await signInAs(window, site.staff)
  await visit(page, ['/staff', '/staff/books/whole', '/staff/books/m-0', '/staff/orders'])
  expect(ran).toEqual([])
  expect(withoutHttpErrors(pageErrors)).toEqual([])
})

test('the recorder detects markup that runs', async () => {
  const { page, ran } = await watchedWindow()
  await page.goto('about:blank')
  await page.setContent('<img src=x onerror=alert(1)>')
  await expect.poll(() => ran).toHaveLength(1)
})
