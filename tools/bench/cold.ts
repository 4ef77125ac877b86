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
import { priceBands } from '#src/catalog/price-bands.ts'
import { createBookIndex } from '#src/catalog/search/book-index.ts'
import { createDatabase, createSigner } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createS3Blobs } from '#src/core/aws/s3-blobs.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { createTables } from '#src/tables/provision.ts'
import { bundleFunction } from '../../infra/bundle.ts'
import { startFakeAws } from '../../test/fake-aws.ts'
import { CANDIDATES, type Candidate, SECRET } from './cold-candidates.ts'
import { formatKilobytes, type Measured, printReport, type Start } from './cold-report.ts'
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

type Environment = Readonly<Record<string, string>>
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
  const engine = await startEngine({ folder: await lockDataFolder(join(folder, 'data')) })
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
  const bands = priceBands(settings.currency)
  const full = createBookIndex(bands)
  const books = readListedBooks(join(options.data, 'books-10k.csv'))
  for (const book of books) full.rows.put(book)
  await writeSnapshot(blobs('full'), full, new Date())
  await writeSnapshot(blobs('empty'), createBookIndex(bands), new Date())
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

try {
  const environment = await startEnvironment()
  const all = await measureCandidates(environment)
  if (options.json) console.log(JSON.stringify(all.map(({ event: _, ...rest }) => rest)))
  else if (printReport(ROUNDS, all, environment)) process.exitCode = 1
} finally {
  for (const end of ends.reverse()) await end()
}
