/** Import rules of the folders of `src`: which folder may import which, and which files alone may know what. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const DOMAIN = ['core', 'http', 'tables']
const NOUNS = [
  'addresses',
  'catalog',
  'accounts',
  'cart',
  'orders',
  'payments',
  'invoices',
  'notifications',
  'privacy',
  'health',
  'reports',
  'openapi',
]
/** Each folder of `src` with the folders that its files may import. A folder that is not here fails the test. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  tables: ['core'],
  http: ['core'],
  addresses: ['core'],
  catalog: DOMAIN,
  accounts: [...DOMAIN, 'addresses'],
  cart: [...DOMAIN, 'catalog'],
  cdn: [...DOMAIN, 'catalog'],
  orders: [...DOMAIN, 'addresses', 'catalog', 'cart', 'accounts'],
  payments: [...DOMAIN, 'addresses', 'accounts', 'catalog', 'cart', 'orders'],
  invoices: [...DOMAIN, 'addresses', 'cart', 'orders', 'payments'],
  notifications: [...DOMAIN, 'addresses', 'accounts', 'cart', 'orders', 'payments', 'invoices'],
  privacy: [...DOMAIN, 'accounts', 'orders', 'payments', 'invoices'],
  health: [...DOMAIN, 'catalog'],
  reports: DOMAIN,
  projection: [...DOMAIN, 'catalog', 'accounts', 'cart', 'orders', 'payments'],
  pages: [...DOMAIN, 'catalog', 'accounts'],
  openapi: [...DOMAIN, 'composition'],
  move: [...DOMAIN, 'catalog'],
  backup: [...DOMAIN, 'catalog', 'notifications', 'privacy'],
  composition: [...DOMAIN, ...NOUNS, 'backup'],
  local: [...DOMAIN, ...NOUNS, 'backup', 'projection', 'composition', 'pages'],
  lambda: [...DOMAIN, ...NOUNS, 'cdn', 'projection', 'composition', 'pages'],
  cli: [...DOMAIN, ...NOUNS, 'backup', 'projection', 'move', 'composition', 'local'],
}
/** Tools that commands may import although they are not part of the shop. */
const TOOLS_OF_CLI = /^tools\/cost\//

type Source = { readonly file: string; readonly text: string }

const readSources = (pattern: string): Source[] =>
  globSync(pattern, { cwd: ROOT })
    .filter(file => !file.endsWith('.test.ts'))
    .map(file => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))

const SOURCES = readSources('src/**/*.ts')

/** Import target relative to the project, or the package name. */
const resolveImport = (file: string, name: string): string => {
  if (name.startsWith('#src/')) return `src/${name.slice('#src/'.length)}`
  return name.startsWith('.') ? normalize(join(dirname(file), name)) : name
}

/** All imports of a file, static and dynamic. */
const listImports = ({ file, text }: Source): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) =>
    resolveImport(file, name),
  )

/** Static value imports of a file, without types and `import()`. */
const listStaticImports = ({ file, text }: Source): string[] =>
  [...text.matchAll(/^(?:import|export|\}) ?[^'\n]*'([^']+)'/gm)]
    .filter(([statement]) => !/^(import|export) type/.test(statement))
    .map(([, name = '']) => resolveImport(file, name))

const topFolder = (file: string): string => file.split('/')[1] ?? ''

const SOURCE_BY_FILE = new Map(SOURCES.map(one => [one.file, one]))

test('source files and their imports are found', () => {
  expect(SOURCES.length).toBeGreaterThan(60)
  expect(
    listImports({
      file: 'src/a/b.ts',
      text: "import x from '../c.ts'\nawait import('sharp')\nimport '#src/d.ts'",
    }),
  ).toEqual(['src/c.ts', 'sharp', 'src/d.ts'])
})

test('every folder of src has a rule and a line in docs/architecture.md', () => {
  const folders = [...new Set(SOURCES.map(({ file }) => topFolder(file)))].sort()
  expect(folders).toEqual(Object.keys(MAY_IMPORT).sort())
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
  expect(folders.filter(folder => !page.includes(`\`${folder}/\``))).toEqual([])
})

test('a folder imports only the folders that it may import', () => {
  const wrong = SOURCES.flatMap(one => {
    const allowed = new Set([topFolder(one.file), ...(MAY_IMPORT[topFolder(one.file)] ?? [])])
    return listImports(one)
      .filter(name => name.startsWith('src/') && !allowed.has(topFolder(name)))
      .map(name => `${one.file} imports ${name}`)
  })
  expect(wrong).toEqual([])
})

/**
 * Each wing of accounts with the wings that its files may import; '' is the folder itself, whose routes.ts assembles the
 * routes of all wings.
 */
const WINGS_OF_ACCOUNTS: Record<string, readonly string[]> = {
  '': ['auth'],
  auth: [''],
  cognito: ['', 'auth'],
  'two-factor': ['', 'auth'],
  profile: ['', 'auth'],
}

test('a wing of accounts imports only the wings that it may import', () => {
  const wing = (file: string) => /^src\/accounts\/(?:([^/]+)\/)?[^/]+$/.exec(file)?.[1] ?? ''
  const accounts = SOURCES.filter(({ file }) => topFolder(file) === 'accounts')
  expect([...new Set(accounts.map(({ file }) => wing(file)))].sort()).toEqual(
    Object.keys(WINGS_OF_ACCOUNTS).sort(),
  )
  const wrong = accounts
    .filter(({ file }) => file !== 'src/accounts/routes.ts')
    .flatMap(one => {
      const allowed = new Set([wing(one.file), ...(WINGS_OF_ACCOUNTS[wing(one.file)] ?? [])])
      return listImports(one)
        .filter(name => topFolder(name) === 'accounts' && !allowed.has(wing(name)))
        .map(name => `${one.file} imports ${name}`)
    })
  expect(wrong).toEqual([])
})

test('no circle of imports exists at run time', () => {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) circles.push([...path.slice(at), file].join(' -> '))
    if (at >= 0 || done.has(file)) return
    const source = SOURCE_BY_FILE.get(file)
    for (const name of source ? listStaticImports(source) : []) walk(name, [...path, file])
    done.add(file)
  }
  for (const { file } of SOURCES) walk(file, [])
  expect(circles).toEqual([])
})

test('src imports nothing from tests, tools, infra or web', () => {
  const wrong = SOURCES.flatMap(one =>
    listImports(one)
      .filter(name => /^(test|tools|infra|web)\/|^(vitest|fast-check)$/.test(name))
      .filter(name => !(topFolder(one.file) === 'cli' && TOOLS_OF_CLI.test(name)))
      .map(name => `${one.file} imports ${name}`),
  )
  expect(wrong).toEqual([])
})

test('files import by relative path inside src, and by #src from outside', () => {
  const outside = readSources('{test,tools,infra,web}/**/*.{ts,tsx}').filter(
    ({ file }) => !file.includes('node_modules'),
  )
  expect(outside.length).toBeGreaterThan(200)
  expect(SOURCES.filter(({ text }) => text.includes("'#src/")).map(({ file }) => file)).toEqual([])
  expect(outside.filter(({ text }) => /from '[./]+\/src\//.test(text)).map(({ file }) => file)).toEqual([])
  const missing = [...SOURCES, ...outside].flatMap(one =>
    listImports(one).filter(name => name.startsWith('src/') && !existsSync(join(ROOT, name))),
  )
  expect(missing.filter(name => name.endsWith('.ts') && !name.startsWith('src/c.'))).toEqual([])
})

test('only composition/settings.ts reads the environment; other files may only pass it on to processes', () => {
  const readers = SOURCES.filter(({ text }) => /(?<!\.\.\.)process\.env\b/.test(text)).map(({ file }) => file)
  expect(readers.filter(file => file !== 'src/composition/settings.ts')).toEqual([])
})

test('only core imports AWS clients, configuration and request signing', () => {
  const clients = /^(aws4|undici(\/|$)|@aws-sdk\/(?!credential-providers)|@smithy\/)/
  const knowing = SOURCES.filter(one => listImports(one).some(name => clients.test(name))).map(
    ({ file }) => file,
  )
  expect(
    knowing.filter(
      file => !/^src\/core\/(dynamo\/|aws\/(undici-(pool|types\.d)|sign|profile)\.ts$)/.test(file),
    ),
  ).toEqual([])
})

test('one file of core imports the PostgreSQL client, and loads it with the first statement', () => {
  const knowing = SOURCES.filter(one => listImports(one).includes('pg'))
  expect(knowing.map(({ file }) => file)).toEqual(['src/core/sql/pg.ts'])
  expect(knowing.flatMap(listStaticImports)).not.toContain('pg')
})

test('one file loads the Stripe package, with the first call; its types are known to the provider and its stand-in', () => {
  const knowing = SOURCES.filter(one => listImports(one).includes('stripe'))
  const allowed = /^src\/(payments\/stripe|local\/test-payments)\//
  expect(knowing.map(({ file }) => file).filter(file => !allowed.test(file))).toEqual([])
  expect(knowing.flatMap(listStaticImports)).not.toContain('stripe')
  const loading = knowing.filter(({ text }) => text.includes("import('stripe')")).map(({ file }) => file)
  expect(loading).toEqual(['src/payments/stripe/client.ts'])
})

/** All modules that are loaded with a file, without dynamic imports. */
const loadedModules = (start: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(start)) return seen
  seen.add(start)
  const source = SOURCE_BY_FILE.get(start)
  for (const name of source ? listStaticImports(source) : []) loadedModules(name, seen)
  return seen
}

test('catalogue, cart and orders identify callers without loading the sign-in library or password hashing', () => {
  const signIn = /better-auth|argon2|zxcvbn|accounts\/auth\/(auth|adapter)\.ts/
  const heavy = (start: string) => [...loadedModules(start)].filter(name => signIn.test(name))
  for (const noun of ['catalog', 'cart', 'orders']) {
    const start = `src/${noun}/routes.ts`
    expect(loadedModules(start).size, noun).toBeGreaterThan(10)
    expect(heavy(start), noun).toEqual([])
  }
  expect(heavy('src/composition/settings.ts')).toEqual([])
  expect(heavy('src/composition/base.ts')).toEqual([])
  expect(heavy('src/http/app.ts')).toEqual([])
  // The routes of accounts load it with the first request that needs it.
  expect(heavy('src/accounts/routes.ts')).toEqual([])
  expect(heavy('src/accounts/auth/auth.ts').length).toBeGreaterThan(3)
})

test('a shop without DATABASE_URL loads neither SQL nor the projection, nor statements of reports', () => {
  const beside =
    /^src\/(projection|core\/sql)\/|^src\/local\/(projection|postgres\/(?!load))|^src\/reports\/(.*report|reports|service|statement|period)|^pg$/
  const loaded = [...loadedModules('src/local/run.ts')]
  expect(loaded).toContain('src/local/postgres/load.ts')
  expect(loaded.filter(name => beside.test(name))).toEqual([])
})

test('only a table.ts names the indexes of its table, and the rights of functions on them', () => {
  const words = /KeyConditionExpression|TitleSearchIndex|EmailIndex|OrderDateIndex/
  const allowed =
    /\/table\.ts$|^src\/core\/dynamo\/|^src\/tables\/definitions\.ts$|^src\/lambda\/table-rights\.ts$/
  const code = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  const knowing = SOURCES.filter(({ text }) => words.test(code(text))).map(({ file }) => file)
  expect(knowing.filter(file => !allowed.test(file))).toEqual([])
})

/** The two engines, and what PostgreSQL is filled with. */
const ENTRANCES_OF_SEARCH = ['book-index.ts', 'sql/document.ts', 'sql/sql-search.ts'].map(
  name => `src/catalog/search/${name}`,
)

test('the search folder is imported through its entrances alone', () => {
  const isInside = (file: string) => file.startsWith('src/catalog/search/')
  const outside = [...SOURCES, ...readSources('{test,tools,infra,web}/**/*.{ts,tsx}')].filter(
    ({ file }) => !file.includes('node_modules') && !isInside(file),
  )
  const imports = outside.flatMap(one => listImports(one).map(name => ({ file: one.file, name })))
  const intoSearch = imports.filter(({ name }) => isInside(name))
  expect(intoSearch.length).toBeGreaterThan(5)
  expect(intoSearch.filter(({ name }) => !ENTRANCES_OF_SEARCH.includes(name))).toEqual([])
})

test('only the cart reader coalesces reads: tables and services know nothing of it', () => {
  const coalescing = SOURCES.filter(one => listImports(one).includes('src/core/dynamo/coalesce.ts'))
  expect(coalescing.map(({ file }) => file)).toEqual(['src/cart/reader.ts'])
})

test('core imports neither the domain nor HTTP', () => {
  const core = SOURCES.filter(({ file }) => topFolder(file) === 'core')
  expect(core.flatMap(listImports).filter(name => /^hono|^src\/(?!core\/)/.test(name))).toEqual([])
})

test('infra imports only data, names and request signing from src', () => {
  const infra = readSources('infra/**/*.ts')
  expect(infra.length).toBeGreaterThan(25)
  const allowed =
    /^src\/(tables\/definitions|catalog\/index\/index-memory|cdn\/waiting-change|composition\/(clients|endpoints|settings|(payment-)?setting-types)|lambda\/(functions|table-rights)|openapi\/shop-document|notifications\/sender|payments\/stripe\/amounts|accounts\/cognito\/oidc)\.ts$|^src\/(core|http|pages)\//
  const wrong = infra.flatMap(one =>
    listImports(one)
      .filter(name => name.startsWith('src/') && !allowed.test(name))
      .map(name => `${one.file} imports ${name}`),
  )
  expect(wrong).toEqual([])
})
