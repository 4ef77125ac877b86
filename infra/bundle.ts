/** The functions' bundles, made by esbuild: a folder for each, as it is uploaded, and as the tests run it. */
import { createHash, randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { type FunctionId, functionOf } from '#src/lambda/functions.ts'
import { shopDocument } from '#src/openapi/shop-document.ts'
import { pagesBuild } from '#src/pages/build.ts'
import { copyNativeDeps, NATIVE_PACKAGES, type NativeDeps } from './native-deps.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUNDLES = join(ROOT, 'build/lambda')

/** What a function reads from its own folder besides code, from node_modules. */
const COPIED_FILES: Partial<Record<FunctionId, readonly string[]>> = {
  BookCatalog: ['openapi-explorer/dist/browser/openapi-explorer.min.js'],
}

/**
 * What is never to be had there. Lambda's own credentials are in its environment, and the chain that looks elsewhere does not
 * run; the sign-in library asks for OpenTelemetry, and does without it.
 */
const ABSENT_PACKAGES = ['@aws-sdk/credential-providers', '@opentelemetry/api']

/** Packages in CommonJS ask for Node's modules by `require`, which a module of the other kind does not have. */
const REQUIRE_BANNER = `import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);`

export type Bundle = {
  /** To be uploaded whole; the handler is `index.handler`. */
  readonly folder: string
  /** What esbuild says of it: which files went in, and what came out. */
  readonly meta: Metafile
  /** Bytes of JavaScript that are loaded with the handler, and of all that may be loaded when it is needed. */
  readonly loaded: number
  readonly bytes: number
}

const MAIN = 'out/index.mjs'

/** The output files that are loaded before the handler is there. */
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
 * The name under which a function imports the pages. They lie beside it as they were built: what they send to browsers is the
 * text of some of their own functions, which must be the same wherever they run.
 */
const PAGES = 'cloudshelf-pages'

/** The folder of the pages' build: `client` is for a bucket, `server` is in the bundle of Pages. */
export const pagesFolder = (): Promise<string> =>
  pagesBuild(line => console.error(line), new AbortController().signal)

const FILE_ONLY_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64')

/** Of a package the maps tell the file alone: a map is read whole when the first error is told of, and most would be theirs. */
const trimPackageSourceMaps: Plugin = {
  name: 'maps of ours',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/node_modules\/.*\.(js|mjs|cjs)$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${FILE_ONLY_MAP}`,
      loader: 'js',
    })),
}

/** Packages that are not there are not looked for either: what a bundle finds around it is not what Lambda has. */
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
 * What passkeys are checked with is a third of the sign-in library, and waits for the first passkey: its functions give promises,
 * so that whoever calls them cannot tell.
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
 * The API's document is written when a bundle is made: what describes schemas in JSON Schema, a tenth of what a function would
 * load, is nowhere else needed.
 */
const inlineOpenApiDocument: Plugin = {
  name: 'document written',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/openapi\/shop-document\.ts$/ }, () => ({
      contents: `const document = ${JSON.stringify(shopDocument())}
export const shopDocument = url => ({ ...document, servers: [{ url }] })`,
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

const compile = (id: FunctionId) =>
  build({
    absWorkingDir: ROOT,
    entryPoints: { index: `src/lambda/${functionOf(id).entry}.ts` },
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    // What is loaded when it is needed stays a file of its own.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The pool of connections is Node's own (package.json).
    conditions: ['node', 'cloudshelf-function'],
    mainFields: ['module', 'main'],
    // In ASCII, as esbuild writes unless told otherwise: of a text with wider letters V8 keeps and reads twice the bytes.
    minify: true,
    // Beside the code, which does not name them: our log reads them when it tells of an error.
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
 * The bundle of a function. Its JavaScript is the same on every machine; its native packages are those of `natives`. Throws
 * NativesError where those are missing.
 */
export const bundleFunction = async (id: FunctionId, natives: NativeDeps = 'none'): Promise<Bundle> => {
  const { outputFiles, metafile } = await compile(id)
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }))
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
    // Of several who make the same at once, the first that is done wins.
    if (!existsSync(folder)) renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return { folder, meta: metafile, ...measureSizes(metafile) }
}
