import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { axeViolations } from './axe.ts'
import { books } from './books.ts'
import { startSite } from './site.ts'

const site = await startSite({ books })

type Operation = {
  readonly requestBody?: { readonly content: object }
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>
}
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }

const { paths } = (await (await site.fetch(new Request(`${site.url}/api/openapi.json`))).json()) as Document
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    // The renderer's id of an operation, in its links and sections.
    id: `${method}-${path.replaceAll(/[{}]/g, '-')}`,
  })),
)

/** One operation for each method and type of request body: what axe is run on, since it takes seconds. */
const shapes = [
  ...new Map(
    operations
      .toReversed()
      .map(one => [`${one.id.split('-')[0]} ${Object.keys(one.requestBody?.content ?? {})}`, one]),
  ).values(),
]

/** Opens an operation as a reader does: by the navigation on a wide screen, in the list on a phone. */
const openOperation = async (page: Page, width: number, id: string): Promise<Locator> => {
  await page.locator(width < 768 ? `[id="${id}"] > summary` : `[id="link-${id}"]`).click()
  return page.locator(`[id="${id}"] api-response`)
}

/**
 * The text of every status of a response, in the order shown; the statuses that are not selected are in the
 * page, but hidden.
 */
const responseTexts = (response: Locator): Promise<string[]> =>
  response.evaluate(({ shadowRoot }) =>
    [...(shadowRoot?.querySelectorAll('.resp-descr') ?? [])].map(one => one.textContent?.trim() ?? ''),
  )

/**
 * What is wrong with the responses as shown: a status or its codes that are missing, a response without an
 * example.
 */
const missing = async (response: Locator, { operationId, responses }: Operation): Promise<string[]> => {
  const tabs = response.getByRole('group').first().getByRole('button')
  await expect
    .poll(() => tabs.allTextContents().then(all => all.map(one => one.trim())), { message: operationId })
    .toEqual(Object.keys(responses))
  const declared = Object.values(responses).map(({ description }) => description.replaceAll('`', ''))
  expect(await responseTexts(response), operationId).toEqual(declared)
  const [success] = Object.values(responses)
  if (success?.content === undefined) return []
  await response.getByRole('button', { name: 'Example' }).first().click()
  const example = response.locator('json-tree, syntax-highlighter').first()
  const text = await example.evaluate(({ shadowRoot }) => shadowRoot?.textContent?.trim())
  return text ? [] : [`${operationId} shows no example`]
}

test.each([1280, 390])(
  'the documentation shows operations with their responses, is accessible and requests no other host (%s px)',
  async width => {
    expect(operations.length).toBe(ENDPOINTS.length)
    const { page, pageErrors } = await site.openWindow({ viewport: { width, height: 900 } })
    await page.goto('/api/docs')
    await page.getByRole('heading', { level: 1, name: 'CloudShelf API' }).waitFor()
    await page.getByText('error codes').click()
    const wrong = (await axeViolations(page)).map(one => `overview ${one}`)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    // On a phone the same responses are shown: one operation of each shape will do.
    for (const operation of width === 1280 ? operations : shapes) {
      const response = await openOperation(page, width, operation.id)
      wrong.push(...(await missing(response, operation)))
      if (!shapes.includes(operation)) continue
      wrong.push(...(await axeViolations(page)).map(one => `${operation.operationId} ${one}`))
    }
    expect(wrong).toEqual([])
    expect(pageErrors).toEqual([])
  },
)
