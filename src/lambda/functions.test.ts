import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { createOpenApiDocument } from '../openapi/document.ts'
import type { TableId } from '../tables/definitions.ts'
import { FUNCTIONS, type FunctionDefinition, OPTIONAL_FUNCTIONS, routeKey } from './functions.ts'

const all: readonly FunctionDefinition[] = [...FUNCTIONS, ...OPTIONAL_FUNCTIONS]

test('every endpoint belongs to exactly one function, and the OpenAPI document has the same endpoints', () => {
  const keys = all.flatMap(one => one.endpoints.map(routeKey))
  expect(keys.toSorted()).toEqual(ENDPOINTS.map(routeKey).toSorted())
  const { paths } = createOpenApiDocument(ENDPOINTS, 'https://shop.example') as {
    paths: Record<string, object>
  }
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  expect(documented.toSorted()).toEqual(keys.map(key => key.replace('+}', '}')).toSorted())
})

test('unmatched paths below those of a function go to that function', () => {
  const greedy = (key: string): RegExp =>
    new RegExp(`^${key.replace('ANY ', '').replace('/{proxy+}', '/.+').replace('{', '\\{')}$`)
  const others = all.flatMap(({ id, otherRoutes }) => otherRoutes.map(key => ({ id, key })))
  for (const { id, endpoints: own } of all)
    for (const { path } of own) {
      const [closest] = others
        .filter(({ key }) => greedy(key).test(path))
        .sort((a, b) => b.key.replace('{proxy+}', '').length - a.key.replace('{proxy+}', '').length)
      expect([path, closest?.id]).toEqual([path, id])
    }
})

test('each function has an entry file and only the permissions that it needs', () => {
  for (const { entry } of all) expect(existsSync(new URL(`./${entry}.ts`, import.meta.url)), entry).toBe(true)
  const written = (id: string, table: TableId) =>
    all
      .find(one => one.id === id)
      ?.tables.some(
        one => one.table === table && one.actions.some(action => /^(Put|Update|Delete)/.test(action)),
      )
  expect(all.find(({ id }) => id === 'Pages')?.tables).toEqual([])
  expect(written('OrderProcess', 'users')).toBe(false)
  expect(written('ShoppingCart', 'books')).toBe(false)
  expect(written('OrderProcess', 'books')).toBe(true)
})
