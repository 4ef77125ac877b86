/**
 * Benchmark `npm run bench:memory`: BookCatalog and IndexConsumer under a real limit of memory, with large catalogues. The index is built
 * from the table by the one, written in parts, and loaded by the other, while health and lists are asked for.
 */
import { parseArgs } from 'node:util'
import { estimateMegabytes, FUNCTION_MEMORY } from '#src/catalog/index/index-memory.ts'
import { bundleFunction } from '../../infra/bundle.ts'
import { startFakeAws } from '../../test/fake-aws.ts'
import { createGatewayEvent } from '../../test/gateway-event.ts'
import { startGeneratedTable } from './generated-table.ts'
import { hasMemoryLimit, type LimitedFunction, startLimited } from './limited-function.ts'
import { readListedBooks } from './search-test-data.ts'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    sizes: { type: 'string', default: '100000,500000,1000000' },
    /** Megabytes of the functions; by default what the shop says that each size needs, and what a deployment has. */
    memory: { type: 'string' },
  },
})
const SECRET = 'a secret of the benchmark, long enough'
const SCHEDULED = { source: 'aws.scheduler' }
const SNAPSHOT = '/memory/index/books.snapshot'
const CATEGORY = '/api/books/category/fiction?limit=24'

const request = (path: string) =>
  createGatewayEvent(
    { method: 'GET', url: path, headers: { 'x-trusted-proxy': SECRET } },
    new Uint8Array(),
    '$default',
  )

const ask = async (one: LimitedFunction, path: string) => {
  const { result, seconds, cpu } = await one.invoke(request(path))
  const { statusCode, body } = result as { statusCode: number; body: string }
  return { status: statusCode, body: JSON.parse(body), seconds, cpu }
}

/** Asks for health and a list until the index is there, or will not be; returns the longest waits. */
const followLoading = async (catalog: LimitedFunction) => {
  const longest = { health: 0, list: 0 }
  for (;;) {
    const health = await ask(catalog, '/api/health')
    const list = await ask(catalog, CATEGORY)
    if (health.status !== 200 || list.status !== 200)
      throw new Error(`health answered ${health.status}, the list ${list.status}`)
    longest.health = Math.max(longest.health, health.seconds)
    longest.list = Math.max(longest.list, list.seconds)
    if (health.body.index.state !== 'loading')
      return { ...longest, cpu: list.cpu, state: health.body.index.state }
  }
}

type Folders = { readonly catalog: string; readonly consumer: string }
type Environment = Readonly<Record<string, string>>

const measure = async (megabytes: number, folders: Folders, environment: Environment) => {
  const row: Record<string, string> = { memory: `${megabytes} MB` }
  const inConsumer = async (step: string) => {
    const consumer = await startLimited(folders.consumer, megabytes, environment)
    const { seconds, cpu } = await consumer.invoke(SCHEDULED)
    row[step] = `${consumer.peak().toFixed(0)} MB, ${cpu.toFixed(1)} CPU s, ${seconds.toFixed(1)} s`
    await consumer.end()
  }
  await inConsumer('IndexConsumer, from the table')
  await inConsumer('IndexConsumer, from its snapshot')
  const catalog = await startLimited(folders.catalog, megabytes, environment)
  const { state, cpu, health, list } = await followLoading(catalog)
  row['BookCatalog, index'] = state
  row['  CPU s until then'] = cpu.toFixed(1)
  row['  longest wait for health, for a list'] =
    `${(1000 * health).toFixed(0)} ms, ${(1000 * list).toFixed(0)} ms`
  for (const path of [
    '/api/books?q=hary+poter',
    '/api/books?sort=title',
    '/api/books?sort=newest',
    '/api/books/suggest?q=harr',
  ]) {
    const { status, body } = await ask(catalog, path)
    if (status !== 200 && body.code !== 'index_too_large') throw new Error(`${path} answered ${status}`)
    row['  search'] = status === 200 ? 'answered' : body.code
  }
  row['  peak'] = `${catalog.peak().toFixed(0)} MB`
  await catalog.end()
  return row
}

const main = async (): Promise<void> => {
  if (!hasMemoryLimit()) console.log('no control groups here: only V8’s own limits hold')
  const real = readListedBooks(`${options.data}/books-10k.csv`)
  let books = 0
  const table = await startGeneratedTable(real, () => books)
  const aws = await startFakeAws({ '/memory/secret': SECRET, '/memory/proxy': SECRET })
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    DYNAMODB_ENDPOINT: table.endpoint,
    BLOB_BUCKET: 'memory',
    BLOB_ENDPOINT: aws.url,
    SSM_ENDPOINT: aws.url,
    SECRETS_PATH: '/memory',
    PUBLIC_URL: 'https://shop.example',
  }
  const folders = {
    catalog: (await bundleFunction('BookCatalog', 'host')).folder,
    consumer: (await bundleFunction('IndexConsumer', 'host')).folder,
  }
  try {
    for (const size of options.sizes.split(',').map(Number)) {
      books = size
      const sizes = options.memory?.split(',').map(Number) ?? [FUNCTION_MEMORY, estimateMegabytes(size)]
      for (const megabytes of sizes) {
        aws.objects.delete(SNAPSHOT)
        const row = await measure(megabytes, folders, environment).catch((error: Error) => ({
          memory: `${megabytes} MB`,
          failed: error.message,
        }))
        console.log(`\n${size.toLocaleString('en-US')} books, ${row.memory}`)
        for (const [name, value] of Object.entries(row).slice(1)) console.log(`  ${name.padEnd(40)} ${value}`)
        console.log(
          `  ${'snapshot'.padEnd(40)} ${((aws.objects.get(SNAPSHOT)?.bytes.length ?? 0) / 2 ** 20).toFixed(1)} MB`,
        )
      }
    }
  } finally {
    table.close()
    aws.close()
  }
}

await main()
