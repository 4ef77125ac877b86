/** Import rules of the pages: they use the shop only through its API. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/**
 * Shapes, endpoints, the typed client and its error, problem documents, and pure functions: states of an order, amounts, email
 * addresses, postal addresses, money, days, the shop profile, tokens, slugs, language tags, query parameters.
 */
const KNOWN =
  /^#src\/(\w+\/([\w-]+\/)?((staff|shelves)-)?(api|schema)|orders\/(status|payment)|cart\/amounts|http\/(client|problem)|catalog\/(price-bands|import\/feed\/price-cell)|pages\/query-params|core\/(book-path|category-path|currency|days|errors|format-money|language-tag|money|secrets|shop-profile|slug|truncate)|accounts\/email|addresses\/(formats|lines|rules|states))\.ts$/

test('pages import only schemas, endpoints, the client and pure functions of the shop', () => {
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

/**
 * Modules of the shop that components may load: they import nothing but types, the table of currencies, and
 * each other.
 */
const LOADED_BY_COMPONENTS = [
  'core/book-path',
  'core/category-path',
  'core/currency',
  'core/format-money',
  'core/money',
  'core/shop-profile',
  'core/slug',
  'core/truncate',
  'cart/amounts',
]
const CURRENCIES = '../../data/currencies.json'

test('components import only types, and modules that import no others, so no schemas reach the browser', () => {
  const loads = (text: string) =>
    [...text.matchAll(/^(?:import|\}) (?!type)[^'\n]*'([^'\n]+)'/gm)].map(([, name = '']) => name)
  const components = globSync('web/app/components/*.{ts,tsx}', { cwd: ROOT })
  expect(components.length).toBeGreaterThan(30)
  const allowed = LOADED_BY_COMPONENTS.map(name => `#src/${name}.ts`)
  const wrong = components.filter(file =>
    loads(readFileSync(join(ROOT, file), 'utf8')).some(
      name => name.startsWith('#src/') && !allowed.includes(name),
    ),
  )
  expect(wrong).toEqual([])
  for (const name of LOADED_BY_COMPONENTS) {
    const imported = loads(readFileSync(join(ROOT, `src/${name}.ts`), 'utf8'))
    expect(
      imported.filter(path => path !== CURRENCIES && !allowed.includes(path.replace('./', '#src/core/'))),
      name,
    ).toEqual([])
  }
})
