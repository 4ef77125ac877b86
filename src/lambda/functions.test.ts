import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { createOpenApiDocument } from '../openapi/document.ts'
import { FUNCTIONS, type FunctionDefinition, routeKey } from './functions.ts'

const all: readonly FunctionDefinition[] = FUNCTIONS

test('every endpoint belongs to one function, and the document names the same', () => {
  const keys = all.flatMap(one => one.endpoints.map(routeKey))
  expect(keys.toSorted()).toEqual(ENDPOINTS.map(routeKey).toSorted())
  const { paths } = createOpenApiDocument(ENDPOINTS, 'https://shop.example') as {
    paths: Record<string, object>
  }
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  expect(documented.toSorted()).toEqual(keys.toSorted())
})

test('whatever else is asked under the addresses of a function comes to that function', () => {
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

test('each has its entry, and only what it says it needs: pages no table, orders no writing of users', () => {
  for (const { entry } of all) expect(existsSync(new URL(`./${entry}.ts`, import.meta.url)), entry).toBe(true)
  const rights = Object.fromEntries(all.map(({ id, tables }) => [id, tables]))
  expect(rights.Pages).toEqual({})
  expect(rights.OrderProcess?.users).toBe('read')
  expect(rights.ShoppingCart?.books).toBe('read')
})
