/** Function bundles, built by esbuild: one folder per function, used for uploads and by the tests. */
import { createHash, randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { type BundleId, findFunction } from '#src/lambda/functions.ts'
import { createShopDocument } from '#src/openapi/shop-document.ts'
import { pagesBuild } from '#src/pages/build.ts'
import { copyNativeDeps, NATIVE_PACKAGES, type NativeDeps } from './native-deps.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUNDLES = join(ROOT, 'build/lambda')

/** Fonts of invoices (src/invoices/pdf-page.ts). */
const INVOICE_FONTS = ['400Regular/NotoSans_400Regular.ttf', '600SemiBold/NotoSans_600SemiBold.ttf'].map(
  file => `@expo-google-fonts/noto-sans/${file}`,
)

/** Files that a function reads from its own folder besides code, relative to node_modules. */
const COPIED_FILES: Partial<Record<BundleId, readonly string[]>> = {
  BookCatalog: ['openapi-explorer/dist/browser/openapi-explorer.min.js'],
  OrderProcess: INVOICE_FONTS,
  OutboxConsumer: INVOICE_FONTS,
  Sweeper: INVOICE_FONTS,
}

/**
 * Packages that are never loaded in a function. Lambda provides credentials in the environment, so the provider chain does not
 * run; the sign-in library treats OpenTelemetry as optional.
 */
const ABSENT_PACKAGES = ['@aws-sdk/credential-providers', '@opentelemetry/api']

/** CommonJS packages call `require` for Node's modules, which an ES module does not have. */
const REQUIRE_BANNER = `import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);`

export type Bundle = {
  /** Folder to upload as a whole; the handler is `index.handler`. */
  readonly folder: string
  /** Metadata of esbuild: inputs and outputs. */
  readonly meta: Metafile
  /** Bytes of JavaScript loaded with the handler, and of all JavaScript including what is loaded on demand. */
  readonly loaded: number
  readonly bytes: number
}

const MAIN = 'out/index.mjs'

/** Output files that are loaded before the handler runs. */
export const listEagerOutputs = (
  { outputs }: Metafile,
  from = MAIN,
  seen = new Set<string>(),
): Set<string> => {
  if (seen.has(from)) return seen
  seen.add(from)
  for (const { path, kind, external } of outputs[from]?.imports ?? [])
    if (kind === 'import-statement' && !external) listEagerOutputs({ inputs: {}, outputs }, path, seen)
  return seen
}

const measureSizes = (meta: Metafile) => {
  const first = listEagerOutputs(meta)
  const code = Object.entries(meta.outputs).filter(([path]) => path.endsWith('.mjs'))
  const sum = (files: typeof code) => files.reduce((bytes, [, file]) => bytes + file.bytes, 0)
  return { loaded: sum(code.filter(([path]) => first.has(path))), bytes: sum(code) }
}

/**
 * Package name under which a function imports the pages. They are copied as built, because they send the source text of some of
 * their functions to browsers, which must be the same everywhere.
 */
const PAGES = 'cloudshelf-pages'

/** Builds the pages; in its folder, `client` goes to a bucket and `server` into the bundle of Pages. */
export const pagesFolder = (): Promise<string> =>
  pagesBuild(line => console.error(line), new AbortController().signal)

const FILE_ONLY_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64')

/** Reduces the source maps of packages to the file name: the whole map is parsed at the first error, and most of it would be theirs. */
const trimPackageSourceMaps: Plugin = {
  name: 'own source maps',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/node_modules\/.*\.(js|mjs|cjs)$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${FILE_ONLY_MAP}`,
      loader: 'js',
    })),
}

/** Replaces absent packages by a stub, so that a bundle does not find them in its surroundings. */
const stubAbsentPackages: Plugin = {
  name: 'absent',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: new RegExp(`^(${ABSENT_PACKAGES.join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'absent',
    }))
    onLoad({ filter: /./, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error('there is no ${path} in a function'); export {}`,
    }))
  },
}

/**
 * Loads the passkey verifier on first use: it is a third of the sign-in library. Its functions are asynchronous anyway, so callers
 * do not notice.
 */
const PASSKEYS = '@simplewebauthn/server'
const PASSKEY_CALLS = [
  'generateRegistrationOptions',
  'verifyRegistrationResponse',
  'generateAuthenticationOptions',
  'verifyAuthenticationResponse',
]
const lazyPasskeys: Plugin = {
  name: 'passkeys later',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: new RegExp(`^${PASSKEYS}$`) }, ({ namespace, path }) =>
      namespace === 'later' ? undefined : { path, namespace: 'later', sideEffects: false },
    )
    onLoad({ filter: /./, namespace: 'later' }, () => ({
      contents: PASSKEY_CALLS.map(
        name => `export const ${name} = async (...given) => (await import('${PASSKEYS}')).${name}(...given)`,
      ).join('\n'),
      resolveDir: ROOT,
    }))
  },
}

/**
 * Inlines the OpenAPI document, so that the code that describes schemas as JSON Schema, a tenth of a function's code, is not
 * bundled.
 */
const inlineOpenApiDocument: Plugin = {
  name: 'document written',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/openapi\/shop-document\.ts$/ }, () => ({
      contents: `const document = ${JSON.stringify(createShopDocument())}
export const createShopDocument = (url, title) => ({ ...document, info: { ...document.info, title }, servers: [{ url }] })`,
      loader: 'js',
    }))
    onLoad({ filter: /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ }, async ({ path }) => {
      const names = Object.keys(await import(pathToFileURL(path).href))
      return {
        contents: `const refuse = () => () => { throw new Error('a function describes no schemas') }
export { ${names.map(name => `refuse as ${name}`).join(', ')} }`,
        loader: 'js',
      }
    })
  },
}

const compile = (id: BundleId) =>
  build({
    absWorkingDir: ROOT,
    entryPoints: { index: `src/lambda/${findFunction(id).entry}.ts` },
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    // Code loaded on demand stays in its own file.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Selects Node's own connection pool (package.json).
    conditions: ['node', 'cloudshelf-function'],
    // A file that is minified to one line would have a mapping for each of its words.
    alias: { 'lru-cache': 'lru-cache/raw' },
    mainFields: ['module', 'main'],
    // ASCII output, esbuild's default: V8 stores text with wider characters in twice the bytes.
    minify: true,
    // Next to the code without a reference in it: the log reads them when it reports an error.
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'external',
    banner: { js: REQUIRE_BANNER },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [stubAbsentPackages, lazyPasskeys, inlineOpenApiDocument, trimPackageSourceMaps],
    external: [...NATIVE_PACKAGES, PAGES],
    logLevel: 'warning',
  })

const findNativePackages = ({ outputs }: Metafile): string[] => {
  const imported = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)))
  return NATIVE_PACKAGES.filter(name => imported.has(name))
}

/**
 * Builds the bundle of a function. Its JavaScript is the same on every machine; its native packages are those of `natives`, and
 * `textFiles` are copied into it under their own names. Throws NativeDepsError if native packages are missing.
 */
export const bundleFunction = async (
  id: BundleId,
  natives: NativeDeps = 'none',
  textFiles: readonly string[] = [],
): Promise<Bundle> => {
  const { outputFiles, metafile } = await compile(id)
  const texts = await Promise.all(
    textFiles.map(async path => ({ name: basename(path), contents: await readFile(path) })),
  )
  const code = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }))
  const files = [...code, ...texts]
  const pages = id === 'Pages' ? join(await pagesFolder(), 'server') : undefined
  const hash = createHash('sha256')
    .update(natives)
    .update(basename(dirname(pages ?? '/none/server')))
  for (const { name, contents } of files) hash.update(name).update(contents)
  const folder = join(BUNDLES, `${id}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return { folder, meta: metafile, ...measureSizes(metafile) }
  const unfinished = join(BUNDLES, `unfinished-${randomUUID()}`)
  mkdirSync(unfinished, { recursive: true })
  try {
    for (const { name, contents } of files) writeFileSync(join(unfinished, name), contents)
    for (const file of COPIED_FILES[id] ?? []) {
      mkdirSync(dirname(join(unfinished, 'node_modules', file)), { recursive: true })
      cpSync(join(ROOT, 'node_modules', file), join(unfinished, 'node_modules', file))
    }
    if (pages !== undefined) {
      const folder = join(unfinished, 'node_modules', PAGES)
      cpSync(pages, folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), '{"type":"module","exports":"./index.js"}')
    }
    copyNativeDeps(pages === undefined ? findNativePackages(metafile) : ['sharp'], unfinished, natives)
    // If several processes build the same bundle, the first one wins.
    if (!existsSync(folder)) renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return { folder, meta: metafile, ...measureSizes(metafile) }
}
