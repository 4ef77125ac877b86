/** Links are plain, and instant where scripts run. */
import { expect, test } from 'vitest'
import { books } from './books.ts'
import { arrived, openSite, settled } from './site.ts'

const site = await openSite({ books })

const openHome = async () => {
  const { page } = await site.open()
  await page.goto('/')
  await settled(page)
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  return { page, asked }
}

test('a book under the pointer is fetched ahead, and shown without loading the page anew', async () => {
  const { page, asked } = await openHome()
  const link = page.getByRole('link', { name: 'Clean Code', exact: true }).first()
  await link.hover()
  await expect.poll(() => asked).toContain('/books/tech-001/clean-code.data')
  await page.evaluate(() => {
    document.documentElement.dataset.here = 'still'
  })
  await link.click()
  await arrived(page, 'Clean Code')
  expect(await page.evaluate(() => document.documentElement.dataset.here)).toBe('still')
  expect(asked).not.toContain('/books/tech-001/clean-code')
})

test('private pages are not fetched ahead, and a link for another window is left to the browser', async () => {
  const { page, asked } = await openHome()
  await page.getByRole('link', { name: 'Cart', exact: true }).hover()
  // By the page's own clock, as the rest of a pointer is; and what is fetched ahead later comes after.
  await page.evaluate(() => new Promise(done => setTimeout(done, 400)))
  const link = page.getByRole('link', { name: 'Clean Code', exact: true }).first()
  await link.hover()
  await expect.poll(() => asked).toContain('/books/tech-001/clean-code.data')
  expect(asked.filter(path => path.startsWith('/cart'))).toEqual([])
  const opened = page.context().waitForEvent('page')
  await link.click({ modifiers: ['ControlOrMeta'] })
  await arrived(await opened, 'Clean Code')
  expect(new URL(page.url()).pathname).toBe('/')
})
