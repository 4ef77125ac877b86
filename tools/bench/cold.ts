/**
 * Benchmark `npm run bench:cold`: time from process start to the first response of each function's bundle, compared with a bundle that
 * returns a constant. It does not predict Lambda's own start time, because machines, disks and networks differ.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeSnapshot } from '#src/catalog/index/snapshot.ts'
import { createBookIndex } from '#src/catalog/search/book-index.ts'
import { createDatabase, createSigner } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createS3Blobs } from '#src/core/aws/s3-blobs.ts'
import type { FunctionId } from '#src/lambda/functions.ts'
import { openDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { createTables } from '#src/tables/provision.ts'
import { bundleFunction } from '../../infra/bundle.ts'
import { startFakeAws } from '../../test/fake-aws.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'
import { median } from './measure.ts'
import { readListedBooks } from './search-test-data.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '31' },
    data: { type: 'string', default: '../shared/data' },
    json: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(options.rounds)
const RUNTIME = fileURLToPath(new URL('../../test/lambda-runtime.mjs', import.meta.url))
const SECRET = 'a secret of the bench, which is long enough'
const GUEST = `__Host-cloudshelf_guest=${'A'.repeat(43)}`
const SNAPSHOT_LIMIT_MS = 150

const createEvent = (method: string, url: string, headers: Record<string, string> = {}, body = '') =>
  createGatewayEvent(
    { method, url, headers: { 'x-trusted-proxy': SECRET, 'sec-fetch-site': 'same-origin', ...headers } },
    Buffer.from(body),
    '$default',
  )
const JSON_TYPE = { 'content-type': 'application/json' }
let visitors = 0
/** A new email address and network for each request, so that no rate limit applies. */
const createSignIn = (): unknown => {
  const n = ++visitors
  const body = JSON.stringify({ email: `nobody-${n}@example.com`, password: 'not a password' })
  const address = `10.${(n >> 8) & 255}.${n & 255}.1:443`
  return createEvent(
    'POST',
    '/api/auth/sign-in',
    { ...JSON_TYPE, 'cloudfront-viewer-address': address },
    body,
  )
}

/** A measured bundle: its first event, the expected status, and its target as a multiple of the constant bundle's time. */
type Candidate = {
  readonly name: string
  readonly id: FunctionId | undefined
  /** Whether the snapshot in the bucket contains the test books; empty by default. */
  readonly books?: boolean
  readonly event: () => unknown
  readonly status: number
  readonly target?: number
}

const WITH_BOOKS = 'catalogue: the same, with the index'

const CANDIDATES: readonly Candidate[] = [
  { name: 'a constant answer', id: undefined, event: () => createEvent('GET', '/'), status: 200 },
  {
    name: 'catalogue: a page of books',
    id: 'BookCatalog',
    event: () => createEvent('GET', '/api/books'),
    status: 200,
    target: 3.5,
  },
  {
    name: WITH_BOOKS,
    id: 'BookCatalog',
    books: true,
    event: () => createEvent('GET', '/api/books'),
    status: 200,
  },
  {
    name: 'cart: a guest’s cart',
    id: 'ShoppingCart',
    event: () => createEvent('GET', '/api/cart', { cookie: GUEST }),
    status: 200,
    target: 3.5,
  },
  {
    name: 'orders: a guest’s orders',
    id: 'OrderProcess',
    event: () => createEvent('GET', '/api/orders', { cookie: GUEST }),
    status: 200,
    target: 3.5,
  },
  {
    name: 'accounts: who is signed in',
    id: 'UserAccounts',
    event: () => createEvent('GET', '/api/auth/session'),
    status: 200,
  },
  {
    name: 'accounts: a sign-in (refused)',
    id: 'UserAccounts',
    event: createSignIn,
    status: 401,
    target: 6,
  },
  { name: 'pages: robots.txt', id: 'Pages', event: () => createEvent('GET', '/robots.txt'), status: 200 },
]

type Environment = Readonly<Record<string, string>>
/** Milliseconds until the handler was loaded and until the first response, and CPU time used by then. */
type Start = { readonly loaded: number; readonly total: number; readonly cpu: number }

const measureStart = (
  folder: string,
  environment: Environment,
  { event, status }: Candidate,
): Promise<Start> =>
  new Promise((done, failed) => {
    const begun = performance.now()
    const child = spawn(process.execPath, [RUNTIME], {
      cwd: folder,
      env: { ...environment, _HANDLER_FILE: join(folder, 'index.mjs') },
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    })
    child.stdin?.write(`${JSON.stringify({ id: 'first', event: event() })}\n`)
    let loaded = 0
    createInterface({ input: child.stdio[3] as Readable }).on('line', text => {
      const { id, ms, cpu, result, error } = JSON.parse(text)
      if (id === 'ready') {
        loaded = ms
        return
      }
      const total = performance.now() - begun
      child.kill()
      if (result?.statusCode === status) done({ loaded, total, cpu })
      else failed(new Error(error ?? `${result?.statusCode} ${result?.body}`))
    })
    child.once('error', failed)
  })

const writeConstantBundle = (parent: string): string => {
  const folder = join(parent, 'constant')
  mkdirSync(folder)
  const code = `export const handler=async()=>({statusCode:200,headers:{'content-type':'application/json'},body:'{"items":[]}'})`
  writeFileSync(join(folder, 'index.mjs'), code)
  return folder
}

const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-cold-'))
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]

const startEnvironment = async () => {
  const engine = await startEngine({ folder: await openDataFolder(join(folder, 'data')) })
  ends.push(engine.stop)
  const settings = readSettings({
    DYNAMODB_ENDPOINT: engine.endpoint,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  })
  const db = createDatabase(settings)
  await createTables(db, settings.names)
  await db.close()
  const aws = await startFakeAws({ '/cold/secret': SECRET, '/cold/proxy': SECRET })
  ends.push(aws.close)
  const blobs = (bucket: string) => createS3Blobs(`${aws.url}/${bucket}`, createSigner(settings, 's3'))
  const full = createBookIndex()
  const books = readListedBooks(join(options.data, 'books-10k.csv'))
  for (const book of books) full.rows.put(book)
  await writeSnapshot(blobs('full'), full, new Date())
  await writeSnapshot(blobs('empty'), createBookIndex(), new Date())
  const environment = (bucket: string, secrets: Environment): Environment => ({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_SESSION_TOKEN: 'c',
    DYNAMODB_ENDPOINT: engine.endpoint,
    BLOB_BUCKET: bucket,
    BLOB_ENDPOINT: aws.url,
    SSM_ENDPOINT: aws.url,
    PUBLIC_URL: 'https://shop.example',
    API_URL: aws.url,
    ...secrets,
  })
  const given = { CLOUDSHELF_SECRET: SECRET, TRUSTED_PROXY_SECRET: SECRET }
  return {
    books: books.length,
    snapshotBytes: aws.objects.get('/full/index/books.snapshot')?.bytes.length ?? 0,
    /** With secrets from SSM as on AWS, and with secrets from the environment. */
    asked: (books: boolean) => environment(books ? 'full' : 'empty', { SECRETS_PATH: '/cold' }),
    given: (books: boolean) => environment(books ? 'full' : 'empty', given),
  }
}

const formatKilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`

type Measured = Candidate & {
  readonly folder: string
  readonly sizes: string
  readonly whole: Start[]
  readonly withoutSecrets: Start[]
}

const prepareCandidate = async (one: Candidate): Promise<Measured> => {
  const starts = { whole: [], withoutSecrets: [] }
  if (one.id === undefined) return { ...one, ...starts, folder: writeConstantBundle(folder), sizes: '' }
  const { folder: bundle, loaded, bytes } = await bundleFunction(one.id, 'host')
  return {
    ...one,
    ...starts,
    folder: bundle,
    sizes: `${formatKilobytes(loaded)} of ${formatKilobytes(bytes)}`,
  }
}

const measureCandidates = async ({
  asked,
  given,
}: Awaited<ReturnType<typeof startEnvironment>>): Promise<readonly Measured[]> => {
  const all = await Promise.all(CANDIDATES.map(prepareCandidate))
  for (const one of all) await measureStart(one.folder, asked(one.books === true), one)
  // Round by round, so that other load on the machine affects all candidates alike.
  for (let round = 0; round < ROUNDS; round++)
    for (const one of all) {
      one.whole.push(await measureStart(one.folder, asked(one.books === true), one))
      if (one.id !== undefined)
        one.withoutSecrets.push(await measureStart(one.folder, given(one.books === true), one))
    }
  return all
}

const medianTotal = (starts: readonly Start[]): number => median(starts.map(({ total }) => total))
const medianLoaded = (starts: readonly Start[]): number => median(starts.map(({ loaded }) => loaded))
const medianCpu = (starts: readonly Start[]): number => median(starts.map(({ cpu }) => cpu))
const formatMs = (value: number): string => `${value.toFixed(0)} ms`

type Named = { readonly books: number; readonly snapshotBytes: number }

const printReport = (all: readonly Measured[], { books, snapshotBytes }: Named): boolean => {
  const [constant] = all
  if (!constant) throw new TypeError('nothing was measured')
  const base = medianTotal(constant.whole)
  const isOver = ({ target = Number.POSITIVE_INFINITY, whole }: Measured) =>
    medianTotal(whole) / base > target
  const lines = all.map(one => {
    const total = medianTotal(one.whole)
    const share = medianCpu(one.whole) / medianCpu(constant.whole)
    if (one.id === undefined) return [one.name, formatMs(total), '', '', formatMs(medianCpu(one.whole))]
    const secrets = total - medianTotal(one.withoutSecrets)
    const code = medianLoaded(one.withoutSecrets) - medianLoaded(constant.whole)
    const verdict = one.target === undefined ? '' : `${isOver(one) ? 'MISS' : 'ok'} (at most ${one.target})`
    return [
      one.name,
      formatMs(total),
      `${(total / base).toFixed(2)} x`,
      verdict,
      `${share.toFixed(2)} x`,
      formatMs(code),
      formatMs(secrets),
      formatMs(total - base - code - secrets),
      one.sizes,
    ]
  })
  const heads = [
    'first answer',
    'median',
    'constant',
    '',
    'CPU',
    'loading',
    'secrets',
    'answering',
    'JavaScript loaded',
  ]
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map(line => line[i]?.length ?? 0)))
  for (const line of [heads, ...lines])
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  const [empty, full] = [false, true].map(has =>
    medianTotal(all.find(({ id, books = false }) => id === 'BookCatalog' && books === has)?.whole ?? []),
  )
  const index = (full ?? Number.NaN) - (empty ?? Number.NaN)
  const isSlow = index > SNAPSHOT_LIMIT_MS
  console.log(
    `\n${books} books from a snapshot of ${formatKilobytes(snapshotBytes)} add ${formatMs(index)} (at most ${SNAPSHOT_LIMIT_MS}): ${isSlow ? 'MISS' : 'ok'}`,
  )
  console.log(
    `Medians of ${ROUNDS} starts each, on this machine. They compare bundles; they do not predict Lambda's own start.`,
  )
  return all.some(isOver) || isSlow
}

try {
  const surroundings = await startEnvironment()
  const all = await measureCandidates(surroundings)
  if (options.json) console.log(JSON.stringify(all.map(({ event: _, ...rest }) => rest)))
  else if (printReport(all, surroundings)) process.exitCode = 1
} finally {
  for (const end of ends.reverse()) await end()
}
