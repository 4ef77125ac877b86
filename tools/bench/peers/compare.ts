/** Comparison run: start times, then each peer interleaved with CloudShelf, then search quality and rushes of buyers. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Book } from '#src/catalog/schema.ts'
import type { Effort } from '../interleaved.ts'
import type { LoadJob, LoadResult } from '../load-generator.ts'
import { detectMachine } from '../machine.ts'
import { readListedBooks as readListed, readQuestions } from '../search-test-data.ts'
import { startWorker } from '../worker.ts'
import { fillCloudshelf, startCloudshelf } from './cloudshelf.ts'
import { measureInstall, readVersion } from './install-size.ts'
import { measureInterleaved, mergeSums, type Sum, summarizeSum } from './interleaved-peers.ts'
import type { Peer, PeerLocation, RunningShop } from './peer.ts'
import { processTreeMemory } from './process-tree.ts'
import type { CrowdResult, LineResult, Result, ShopResult } from './result.ts'
import { readNodeVersion } from './server.ts'
import type { ShopperJob, ShopperResult } from './shopper-worker.ts'
import { type Generators, prepareSide, WORKLOADS } from './workloads.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const BUYERS = 50
const CONCURRENCY = 4

export type Comparison = {
  readonly books: readonly Book[]
  /** Folder of the test data, and an empty folder for CloudShelf. */
  readonly data: string
  readonly dataDir: string
  readonly quick: boolean
  readonly absent: readonly string[]
  readonly say: (line: string) => void
}

const measureMemory = ({ processes: { shop, store } }: RunningShop) => ({
  shop: processTreeMemory(shop, store) ?? 0,
  store: store === undefined ? 0 : (processTreeMemory(store) ?? 0),
})

type Memory = ReturnType<typeof measureMemory>
/** The highest total memory. */
const maxMemory = (all: readonly Memory[]): Memory =>
  all.reduce((most, one) => (one.shop + one.store > most.shop + most.store ? one : most), {
    shop: 0,
    store: 0,
  })

/** Share of queries whose first result is correct, for both query files. */
const measureHits = async (shop: RunningShop, data: string, { shopper }: Generators) => {
  const books = readListed(join(data, 'books-10k.csv'))
  const share = async (file: string): Promise<number> => {
    const questions = readQuestions(join(data, 'search', file), books)
    const { places = [] } = await shopper.run({
      kind: 'find',
      shop: shop.name,
      port: shop.port,
      facts: shop.facts,
      texts: questions.map(({ q }) => q),
      atOnce: CONCURRENCY,
    })
    const right = questions.filter((question, i) => {
      const place = places[i]
      return place !== undefined && question.right.has(books[place]?.book_id ?? '')
    })
    return right.length / questions.length
  }
  return { main: await share('search-dev.tsv'), hard: await share('search-hard-dev.tsv') }
}

const measureRushes = async (shop: RunningShop, { shopper }: Generators): Promise<CrowdResult[]> => {
  const results: CrowdResult[] = []
  for (const { title, copies } of shop.rushes) {
    const { latencies, refused, broke, told } = await shopper.run({
      kind: 'crowd',
      shop: shop.name,
      port: shop.port,
      facts: shop.facts,
      title,
      buyers: BUYERS,
      atOnce: CONCURRENCY,
    })
    const sold = latencies.length
    results.push({ copies, buyers: BUYERS, sold, refused, broke, ...(told === undefined ? {} : { told }) })
  }
  return results
}

/** Measures CloudShelf and the peers, which must all be set up. */
export const comparePeers = async (
  peers: readonly { readonly peer: Peer; readonly place: PeerLocation }[],
  { books, data, dataDir, quick, absent, say }: Comparison,
): Promise<Result> => {
  const effort: Effort = quick
    ? { rounds: 1, sliceSeconds: 1.5, warmSeconds: 0.5 }
    : { rounds: 2, sliceSeconds: 3, warmSeconds: 5 }
  const starts = quick ? 1 : 7
  const restMs = quick ? 1_000 : 10_000
  // Pause, so that pending disk writes and ending databases do not affect the next measurement.
  const settleMs = quick ? 1_000 : 3_000

  const machine = detectMachine()
  say(`filling CloudShelf with ${books.length} books`)
  await fillCloudshelf(dataDir, books)
  // The first start writes the index snapshot and is not representative.
  await startCloudshelf(dataDir, books).then(shop => shop.end())
  await sleep(settleMs)

  say('measuring start times')
  const startedIn = new Map<string, number[]>()
  const startOnce = async (name: string, start: () => Promise<RunningShop>): Promise<void> => {
    const shop = await start()
    startedIn.set(name, [...(startedIn.get(name) ?? []), shop.startedIn])
    await shop.end()
    await sleep(settleMs)
  }
  for (let i = 0; i < starts; i++) {
    await startOnce('cloudshelf', () => startCloudshelf(dataDir, books))
    for (const { peer, place } of peers) await startOnce(peer.name, () => peer.start(place, books))
  }

  const generators: Generators = {
    load: startWorker<LoadJob, LoadResult>('load-generator.ts'),
    shopper: startWorker<ShopperJob, ShopperResult>('peers/shopper-worker.ts'),
  }
  const shops: ShopResult[] = []
  const lines: LineResult[] = []
  const sums = WORKLOADS.map((): Sum[] => [])
  const failures = WORKLOADS.map(() => 0)
  const rests: Memory[] = []
  const afters: Memory[] = []
  let found: Pick<ShopResult, 'hits' | 'crowds'> | undefined

  for (const { peer, place } of peers) {
    say(`${peer.label}, interleaved with CloudShelf`)
    const copy = join(dataDir, '..', `cloudshelf-beside-${peer.name}`)
    cpSync(dataDir, copy, { recursive: true })
    const shop = await peer.start(place, books)
    const ours = await startCloudshelf(copy, books)
    await sleep(restMs)
    const peerRest = measureMemory(shop)
    rests.push(measureMemory(ours))
    for (const [i, line] of WORKLOADS.entries()) {
      const theirs = await prepareSide(shop, line, generators)
      const side = await prepareSide(ours, line, generators)
      const turns = await measureInterleaved(theirs, side, effort, line.isScarce)
      sums[i]?.push(turns.ours)
      failures[i] = (failures[i] ?? 0) + side.failed()
      const [their, our] = [summarizeSum(turns.peer), summarizeSum(turns.ours)]
      const apart = peer.notComparable?.[line.name]
      lines.push({
        line: line.name,
        shop: peer.name,
        ...their,
        failed: theirs.failed(),
        ...(apart === undefined
          ? {
              ratio: our.perSecond / their.perSecond,
              cpuRatio: (their.shopCpu + their.storeCpu) / (our.shopCpu + our.storeCpu),
            }
          : { apart }),
      })
      say(`  ${line.name}: ${their.perSecond.toFixed(1)} per second, CloudShelf ${our.perSecond.toFixed(0)}`)
    }
    say('  search quality and rushes')
    const hits = await measureHits(shop, data, generators)
    const crowds = await measureRushes(shop, generators)
    const project = join(place.folder, peer.project)
    shops.push({
      name: peer.name,
      label: peer.label,
      version: readVersion(project, peer.packageName),
      node: readNodeVersion(place.node),
      database: peer.database,
      starts: startedIn.get(peer.name) ?? [],
      rest: peerRest,
      after: measureMemory(shop),
      install: measureInstall(project),
      hits,
      crowds,
      differs: [...peer.differences],
    })
    await shop.end()
    if (!found) {
      say('  search quality and rushes of CloudShelf')
      found = {
        hits: await measureHits(ours, data, generators),
        crowds: await measureRushes(ours, generators),
      }
    }
    afters.push(measureMemory(ours))
    await ours.end()
  }

  if (!found) throw new TypeError('there are no peers to compare with')
  const oursResult: ShopResult = {
    name: 'cloudshelf',
    label: 'CloudShelf',
    version: 'this one',
    node: process.version,
    database: 'embedded DynamoDB engine',
    starts: startedIn.get('cloudshelf') ?? [],
    rest: maxMemory(rests),
    after: maxMemory(afters),
    install: measureInstall(PROJECT),
    ...found,
    differs: [],
  }
  const ourLines = WORKLOADS.map(
    ({ name: line }, i): LineResult => ({
      line,
      shop: 'cloudshelf',
      ...summarizeSum(mergeSums(sums[i] ?? [])),
      failed: failures[i] ?? 0,
    }),
  )
  return {
    at: new Date().toISOString(),
    quick,
    machine,
    shops: [oursResult, ...shops],
    lines: [...ourLines, ...lines],
    absent: [...absent],
  }
}
