/** Pages of the reports, with scripts and without, and where there is no PostgreSQL. */
import { expect, test } from 'vitest'
import { type Sql, SqlError } from '#src/core/sql/sql.ts'
import { verify } from '#src/projection/verify.ts'
import { checkOut } from '../../test/kit.ts'
import { createTestProjection } from '../../test/projection.ts'
import { axeViolations } from './axe.ts'
import { books } from './books.ts'
import { startSite, waitForHeading, waitForHydration, withoutHttpErrors } from './site.ts'

/** A database that is opened after the shop, and can be taken away. */
let database: Sql | undefined
const unavailable = async () => {
  throw new SqlError('unavailable', 'no connection')
}
const reader: Sql = {
  query: (text, params) => (database ? database.query(text, params) : unavailable()),
  transaction: work => (database ? database.transaction(work) : unavailable()),
  close: async () => {},
}
const site = await startSite({
  books,
  sql: { writer: reader, reader },
  env: { TIME_ZONE: 'America/New_York' },
})
const projection = await createTestProjection(site)

const staffWindow = async (options: Parameters<typeof site.openWindow>[0]) => {
  const window = await site.openWindow({ bypassCSP: true, ...options })
  const [name = '', value = ''] = (site.staff.cookie() ?? '').split('=')
  await window.page.context().addCookies([{ name, value, url: site.url }])
  return window
}

test('while PostgreSQL is down the pages say so, with status 503', async () => {
  const answer = await fetch(`${site.url}/staff/reports/sales`, {
    headers: { cookie: site.staff.cookie() ?? '' },
  })
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('PostgreSQL cannot be reached now')
})

test('a report has filters in its address, a chart with its table, CSV and SQL, with scripts and without', async () => {
  for (const [key, bookId, quantity] of [
    ['a', 'tech-001', 2],
    ['b', 'poem-1', 1],
  ] as const) {
    const buyer = site.visitor()
    await buyer.post('/api/cart/items', { book_id: bookId, quantity })
    expect((await checkOut(buyer, key)).status).toBe(201)
  }
  database = projection.sql
  await verify(projection, { mend: true })
  await database.query("insert into sync.positions (source, position) values ('journal', $1)", [
    JSON.stringify({ asOf: new Date().toISOString(), reader: {} }),
  ])
  for (const javaScriptEnabled of [true, false]) {
    const window = await staffWindow({
      javaScriptEnabled,
      viewport: { width: javaScriptEnabled ? 1280 : 390, height: 900 },
    })
    const { page } = window
    const shot = async (name: string) => {
      if (process.env.SHOTS)
        await page.screenshot({
          path: `${process.env.SHOTS}/${name}-${javaScriptEnabled}.png`,
          fullPage: true,
        })
    }
    await page.goto('/staff')
    await waitForHydration(page)
    await page.getByRole('link', { name: 'Reports', exact: true }).click()
    await waitForHeading(page, 'Reports')
    await page.getByText('As of').waitFor()
    await page.getByRole('img', { name: 'Sales by period' }).waitFor()
    await shot('dashboard')
    if (javaScriptEnabled) expect(await axeViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'Sales by category', exact: true }).click()
    await waitForHeading(page, 'Sales by category')
    await page.getByRole('cell', { name: 'Poetry' }).waitFor()
    await page.getByLabel('Category', { exact: true }).selectOption('Poetry')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForURL(/category=Poetry/)
    await page.getByText('1 row', { exact: true }).waitFor()
    await page.getByText('SQL of this report').click()
    await page.getByText(/^\$\d category: Poetry$/).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^sales-by-category-.*\.csv$/)
    await shot('category')
    await page.goto('/staff/reports/customers')
    await page.getByText('Returning').first().waitFor()
    await shot('customers')
    if (javaScriptEnabled) expect(await axeViolations(page)).toEqual([])
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await page.goto('/staff/reports/sales?from=2026-05-02&to=2026-05-01')
    await page.getByText('must not be after to').waitFor()
    expect(withoutHttpErrors(window.pageErrors)).toEqual([])
  }
})
