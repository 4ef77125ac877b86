/** Import rules of the pages: they know the shop by its API alone. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Shapes, endpoints, the typed client and its error, and what is pure: the states of an order, email addresses, money, slugs. */
const KNOWN =
  /^#src\/(\w+\/([\w-]+\/)?(api|schema)|orders\/status|http\/client|core\/(errors|money|slug)|accounts\/email)\.ts$/

test('a page imports shapes, endpoints and the client, and nothing else of the shop', () => {
  const files = globSync(['web/app/**/*.{ts,tsx}', 'web/server.ts'], { cwd: ROOT }).filter(
    file => !file.includes('.test.'),
  )
  expect(files.length).toBeGreaterThan(100)
  const imports = files.flatMap(file =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => ({
      file,
      name,
    })),
  )
  expect(imports.filter(({ name }) => name.startsWith('#src/')).length).toBeGreaterThan(50)
  const wrong = imports.filter(
    ({ name }) => name.includes('/src/') || (name.startsWith('#src/') && !KNOWN.test(name)),
  )
  expect(wrong).toEqual([])
})

test('what runs in the browser brings no schemas: components import types alone', () => {
  const components = globSync('web/app/components/*.{ts,tsx}', { cwd: ROOT })
  expect(components.length).toBeGreaterThan(30)
  const wrong = components.filter(file =>
    /^import (?!type)[^\n]*#src\/(?!core\/(money|slug))/m.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(wrong).toEqual([])
})
