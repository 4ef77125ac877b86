/** The pages know the shop by its API alone. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Shapes, endpoints, the typed client and its error, and what is pure: the life of an order, addresses, money, slugs. */
const KNOWN =
  /^src\/(\w+\/([\w-]+-)?(api|schema)|orders\/status|http\/client|core\/(errors|money|slug)|accounts\/email)\.ts$/

test('a page imports shapes, endpoints and the client, and nothing else of the shop', () => {
  const files = globSync(['web/app/**/*.{ts,tsx}', 'web/server.ts'], { cwd: ROOT }).filter(
    file => !file.includes('.test.'),
  )
  expect(files.length).toBeGreaterThan(100)
  const wrong = files.flatMap(file =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)]
      .map(([, name = '']) => normalize(join(dirname(file), name)))
      .filter(name => name.startsWith('src/') && !KNOWN.test(name))
      .map(name => `${file} imports ${name}`),
  )
  expect(wrong).toEqual([])
})

test('what runs in the browser brings no schemas: parts import types alone', () => {
  const wrong = globSync('web/app/parts/*.{ts,tsx}', { cwd: ROOT }).filter(file =>
    /^import (?!type)[^\n]*src\/(?!core\/(money|slug))/m.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(wrong).toEqual([])
})
