import { expect, test } from 'vitest'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { books } from './books.ts'
import { openSite } from './site.ts'

const site = await openSite({ books })

test('the documentation shows every operation with its answers, and asks nobody else for anything', async () => {
  const { page, faults } = await site.open()
  await page.goto('/api/docs')
  const answers = page.locator('api-response')
  await expect.poll(() => answers.count()).toBe(ENDPOINTS.length)
  const empty = () =>
    answers.evaluateAll(all => all.filter(one => !one.shadowRoot?.textContent?.trim()).length)
  await expect.poll(empty, { timeout: 10_000 }).toBe(0)
  expect(faults).toEqual([])
})
