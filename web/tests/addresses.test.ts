/** Address forms: the fields follow the country, with scripts and without them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { pagesBuild } from '#src/pages/build.ts'
import { newCustomer } from '../../test/kit.ts'
import { books } from './books.ts'
import {
  addToCart,
  expectNoPageErrors,
  ORDER_CONFIRMED,
  startSite,
  waitForHeading,
  waitForHydration,
  withoutHttpErrors,
} from './site.ts'

const site = await startSite({ books })

/** A field by its label, and what is entered. A select is marked by `list`. */
type Field = { readonly label: string; readonly value: string; readonly list?: true }
const NAME: Field = { label: 'Full name', value: 'Robin Reader' }
const STREET: Field = { label: 'Street address', value: '1 Library Lane' }
const LINE2: Field = { label: 'Apartment, floor, or company (optional)', value: 'Floor 2' }
const PHONE: Field = { label: 'Phone (optional)', value: '+1 555 0123' }

const FORMS: readonly [country: string, fields: readonly Field[], printed: readonly string[]][] = [
  [
    'United States',
    [
      NAME,
      STREET,
      LINE2,
      { label: 'City', value: 'Anytown' },
      { label: 'State', value: 'New York', list: true },
      { label: 'ZIP code', value: '12345' },
      PHONE,
    ],
    ['Floor 2', 'Anytown, NY 12345', 'United States'],
  ],
  [
    'Germany',
    [
      NAME,
      STREET,
      LINE2,
      { label: 'Postal code', value: '10969' },
      { label: 'City', value: 'Berlin' },
      PHONE,
    ],
    ['Floor 2', '10969 Berlin', 'Germany'],
  ],
  [
    'Hong Kong SAR China',
    [
      NAME,
      STREET,
      LINE2,
      { label: 'District (optional)', value: 'Central' },
      { label: 'Area', value: 'Hong Kong Island', list: true },
      PHONE,
    ],
    ['Floor 2', 'Central', 'Hong Kong Island', 'Hong Kong SAR China'],
  ],
  [
    'Japan',
    [
      NAME,
      STREET,
      LINE2,
      { label: 'Prefecture', value: 'Tokyo', list: true },
      { label: 'Postal code', value: '100-0001' },
      PHONE,
    ],
    ['Floor 2, Tokyo', '100-0001', 'Japan'],
  ],
  [
    'United Kingdom',
    [
      NAME,
      STREET,
      LINE2,
      { label: 'Town or city', value: 'London' },
      { label: 'Postcode', value: 'SW1A 1AA' },
      PHONE,
    ],
    ['Floor 2', 'London', 'SW1A 1AA', 'United Kingdom'],
  ],
]

const labels = (page: Page): Promise<string[]> =>
  page
    .getByRole('group', { name: 'Shipping address' })
    .locator('label')
    .evaluateAll(all => all.map(label => label.textContent?.replace(/\s+/g, ' ').trim() ?? ''))

/** Chooses a country. Without scripts, a button shows its fields. */
const chooseCountry = async (page: Page, country: string): Promise<void> => {
  await page.getByLabel('Country or region').selectOption({ label: country })
  const update = page.getByRole('button', { name: 'Update form for this country' })
  if (await update.isVisible()) await update.click()
}

const openCheckout = async (javaScriptEnabled: boolean) => {
  const window = await site.openWindow({ javaScriptEnabled })
  await window.page.goto('/books/tech-001/clean-code')
  await waitForHydration(window.page)
  await addToCart(window.page)
  await window.page.goto('/checkout')
  await waitForHydration(window.page)
  return window
}

for (const javaScriptEnabled of [true, false])
  test.each(FORMS)(
    `an order goes to %s in the form of the country, ${javaScriptEnabled ? 'with' : 'without'} scripts`,
    async (country, fields, printed) => {
      const window = await openCheckout(javaScriptEnabled)
      const { page } = window
      await page.getByLabel('Email').fill(newCustomer().email)
      await page.getByLabel('Full name').fill('Typed before the country')
      await chooseCountry(page, country)
      await expect
        .poll(() => labels(page))
        .toEqual(['Country or region', ...fields.map(({ label }) => label)])
      await expect.poll(() => page.getByLabel('Full name').inputValue()).toBe('Typed before the country')
      for (const { label, value, list } of fields) {
        const field = page.getByLabel(label, { exact: true })
        if (list) await field.selectOption({ label: value })
        else await field.fill(value)
      }
      await page.getByRole('button', { name: 'Place order' }).click()
      await waitForHeading(page, ORDER_CONFIRMED)
      await page.getByRole('link', { name: 'View order' }).click()
      const address = page.getByRole('definition').filter({ hasText: 'Robin Reader' })
      expect((await address.textContent())?.split('\n')).toEqual([
        'Robin Reader',
        '1 Library Lane',
        ...printed,
      ])
      await page.getByText('+1 555 0123').waitFor()
      expectNoPageErrors(window)
    },
  )

test('errors are listed in the order of the form, each with a link to its field, and say what is expected', async () => {
  const { page, pageErrors } = await openCheckout(true)
  await chooseCountry(page, 'United Kingdom')
  await page.getByLabel('Postcode').fill('12345')
  await page.getByLabel('Phone').fill('none')
  await page.getByRole('button', { name: 'Place order' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('Please correct the following').waitFor()
  expect(await alert.getByRole('listitem').allTextContents()).toEqual([
    'Enter a valid email address, such as name@example.com.',
    'Enter the full name of the recipient, up to 100 characters and without a web address.',
    'Enter your street address, up to 200 characters and without a web address.',
    'Enter your town or city.',
    'Enter a valid postcode, such as EC1Y 8SY.',
    'Enter a valid phone number, such as +1 212 555 0100.',
  ])
  await alert.getByRole('link', { name: 'Enter your town or city.' }).click()
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('city')
  expect(withoutHttpErrors(pageErrors)).toEqual([])
})

test('a form without a country that exists is refused, and keeps what was entered', async () => {
  const { page } = await openCheckout(false)
  await page.getByLabel('Full name').fill('Robin Reader')
  await page.getByLabel('Country or region').evaluate((select: HTMLSelectElement) => {
    const [first] = select.options
    if (first) first.value = 'ZZ'
    select.selectedIndex = 0
  })
  await page.getByRole('button', { name: 'Place order' }).click()
  await page.getByRole('alert').getByText('Select a country or region from the list.').waitFor()
  await expect.poll(() => page.getByLabel('Full name').inputValue()).toBe('Robin Reader')
})

test('without scripts, a state that was chosen before the country does not end up in another country', async () => {
  const { page } = await openCheckout(false)
  await page.getByLabel('Email').fill(newCustomer().email)
  await page.getByLabel('Full name').fill('Chan Tai Man')
  await page.getByLabel('Street address').fill('8 Queen’s Road')
  await page.getByLabel('City').fill('Hong Kong')
  await page.getByLabel('State').selectOption('New York')
  await page.getByLabel('Country or region').selectOption({ label: 'Hong Kong SAR China' })
  await page.getByRole('button', { name: 'Place order' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
  const lines = ['Chan Tai Man', '8 Queen’s Road', 'Hong Kong', 'Hong Kong SAR China']
  await page.getByText(lines.join(' ')).waitFor()
})

test('browsers fill the form by the standard tokens', async () => {
  const { page } = await openCheckout(true)
  const tokens = await page
    .locator('form [autocomplete]')
    .evaluateAll(all => all.map(field => [field.getAttribute('name'), field.getAttribute('autocomplete')]))
  expect(Object.fromEntries(tokens)).toMatchObject({
    email: 'email',
    country: 'country',
    name: 'name',
    street: 'address-line1',
    line2: 'address-line2',
    city: 'address-level2',
    state: 'address-level1',
    postal_code: 'postal-code',
    phone: 'tel',
  })
})

test('a saved address is offered with the name of the profile where it has none', async () => {
  const account = await site.account()
  const address = { street: '12 Analytical Row', city: 'London', postal_code: 'W1G 7AA', country: 'GB' }
  const profile = { first_name: 'Ada', last_name: 'Lovelace', phone: '+44 20 5550 1815', address }
  expect((await account.call('PATCH', '/api/users/me', profile)).status).toBe(200)
  await account.post('/api/cart/items', { book_id: 'tech-001' })
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  const cookies = (account.cookie() ?? '').split('; ').map(pair => {
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: site.url }
  })
  await page.context().addCookies(cookies)
  await page.goto('/checkout')
  await expect.poll(() => page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace')
  await expect.poll(() => page.getByLabel('Street address').inputValue()).toBe('12 Analytical Row')
  await expect.poll(() => page.getByLabel('Town or city').inputValue()).toBe('London')
  await expect.poll(() => page.getByLabel('Phone').inputValue()).toBe('+44 20 5550 1815')
  await page.getByRole('button', { name: 'Place order' }).click()
  await waitForHeading(page, ORDER_CONFIRMED)
})

test('the scripts of the pages do not contain the tables of addresses', async () => {
  const folder = await pagesBuild(() => {}, new AbortController().signal)
  const scripts = readdirSync(join(folder, 'client/assets')).filter(file => file.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(5)
  for (const file of scripts)
    expect(readFileSync(join(folder, 'client/assets', file), 'utf8'), file).not.toMatch(
      /Saitama|Zonguldak|EC1Y/,
    )
})
