/** The import rule of docs/architecture.md: who may know whom, who reads the environment, who names DynamoDB's clients. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What the files of a folder may import from src beyond their own; folders that are not named may know all of src. */
const MAY_KNOW: Record<string, readonly string[]> = {
  core: [],
  http: ['core'],
  catalog: ['core', 'http'],
  accounts: ['core', 'http'],
  cart: ['core', 'http', 'catalog'],
  orders: ['core', 'http', 'catalog', 'cart', 'accounts'],
}
/** The tables as data, which name tables and nothing else. */
const DATA = 'src/tables.ts'

const isTest = (file: string) => /\.test\.ts$|\/testing\.ts$|\/test-[\w-]+\.ts$/.test(file)
const files = globSync('src/**/*.ts', { cwd: ROOT })
  .filter(file => !isTest(file))
  .map(file => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))

/** What a file imports, statically or when it runs: a package, or a file from the root of the project. */
const importsOf = ({ file, text }: { file: string; text: string }): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(dirname(file), name)) : name,
  )

const folderOf = (file: string): string => file.split('/')[1] ?? ''

test('the files are found, and so are their imports', () => {
  expect(files.length).toBeGreaterThan(60)
  expect(importsOf({ file: 'src/a/b.ts', text: "import x from '../c.ts'\nawait import('sharp')" })).toEqual([
    'src/c.ts',
    'sharp',
  ])
  for (const folder of Object.keys(MAY_KNOW))
    expect(
      files.some(({ file }) => folderOf(file) === folder),
      folder,
    ).toBe(true)
})

test('nobody imports whom they may not know', () => {
  const wrong = files.flatMap(one => {
    const allowed = MAY_KNOW[folderOf(one.file)]
    if (!allowed) return []
    const known = new Set([folderOf(one.file), ...allowed])
    return importsOf(one)
      .filter(name => name.startsWith('src/') && name !== DATA && !known.has(folderOf(name)))
      .map(name => `${one.file} imports ${name}`)
  })
  expect(wrong).toEqual([])
})

test('what is shipped imports nothing of the tests and the benches', () => {
  const wrong = files.flatMap(one =>
    importsOf(one).filter(name => /^(test|bench)\/|vitest|fast-check/.test(name)),
  )
  expect(wrong).toEqual([])
})

test('the environment is read in deps.ts, and elsewhere only passed on whole to other programs', () => {
  const readers = files.filter(({ text }) => /(?<!\.\.\.)process\.env\b/.test(text)).map(({ file }) => file)
  expect(readers.filter(file => file !== 'src/deps.ts')).toEqual([])
})

test('only core knows clients of AWS, and how requests are signed', () => {
  const clients = /^(aws4|undici(\/|$)|@aws-sdk\/(?!credential-providers)|@smithy\/)/
  const knowing = files.filter(one => importsOf(one).some(name => clients.test(name))).map(({ file }) => file)
  expect(
    knowing.filter(file => !/^src\/core\/(dynamo\/|(undici-(pool|types\.d)|sign)\.ts$)/.test(file)),
  ).toEqual([])
})

/** All that is loaded with a file before anything runs: not what it imports by `import()`, when it is needed. */
const loadedWith = (start: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(start)) return seen
  seen.add(start)
  const text = files.find(({ file }) => file === start)?.text ?? ''
  for (const [statement, name = ''] of text.matchAll(/^(?:import|export|\}) ?[^'\n]*'([^']+)'/gm))
    if (!statement.startsWith('import type') && !statement.startsWith('export type'))
      loadedWith(name.startsWith('.') ? normalize(join(dirname(start), name)) : name, seen)
  return seen
}

test('catalogue, cart and orders tell who calls without loading the sign-in library or the hashing of passwords', () => {
  const signIn = /better-auth|argon2|zxcvbn|accounts\/auth\/(auth|adapter)\.ts/
  const heavy = (start: string) => [...loadedWith(start)].filter(name => signIn.test(name))
  for (const noun of ['catalog', 'cart', 'orders']) {
    const start = `src/${noun}/routes.ts`
    expect(loadedWith(start).size, noun).toBeGreaterThan(10)
    expect(heavy(start), noun).toEqual([])
  }
  expect(heavy('src/deps.ts')).toEqual([])
  expect(heavy('src/parts/ground.ts')).toEqual([])
  expect(heavy('src/http/app.ts')).toEqual([])
  for (const noun of ['catalog', 'cart', 'orders']) expect(heavy(`src/${noun}/routes.ts`), noun).toEqual([])
  // Accounts' own routes load it for the first request that needs it.
  expect(heavy('src/accounts/routes.ts')).toEqual([])
  expect(heavy('src/accounts/auth/auth.ts').length).toBeGreaterThan(3)
})

test('only the table of a noun names its indexes', () => {
  const words = /KeyConditionExpression|TitleSearchIndex|EmailIndex|OrderDateIndex/
  const allowed = /\/table\.ts$|^src\/core\/dynamo\/|^src\/tables\.ts$/
  const code = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  const knowing = files.filter(({ text }) => words.test(code(text))).map(({ file }) => file)
  expect(knowing.filter(file => !allowed.test(file))).toEqual([])
})

test('web pages are given what they may know: core knows neither the domain nor HTTP', () => {
  const core = files.filter(({ file }) => folderOf(file) === 'core')
  expect(core.flatMap(importsOf).filter(name => /^hono|^src\/(?!core\/)/.test(name))).toEqual([])
})

test('infra knows of the shop what is data, how things are called, and how requests are signed; the shop knows nothing of infra', () => {
  const infra = globSync('infra/**/*.ts', { cwd: ROOT })
    .filter(file => !isTest(file))
    .map(file => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
  expect(infra.length).toBeGreaterThan(25)
  const allowed =
    /^src\/(tables|endpoints|deps)\.ts$|^src\/lambda\/functions\.ts$|^src\/openapi\/shop-document\.ts$|^src\/(core|http|pages)\/|^src\/notifications\/sender\.ts$|^src\/accounts\/cognito\.ts$/
  const wrong = infra.flatMap(one =>
    importsOf(one)
      .filter(name => name.startsWith('src/') && !allowed.test(name))
      .map(name => `${one.file} imports ${name}`),
  )
  expect(wrong).toEqual([])
  expect(files.flatMap(importsOf).filter(name => name.startsWith('infra/'))).toEqual([])
})
