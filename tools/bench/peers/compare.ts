/** The run: starts in turn, then each peer turn by turn with ours, both begun anew, then what each finds and how each stands a crowd. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Book } from '#src/catalog/schema.ts'
import type { Effort } from '../interleaved.ts'
import type { LoadJob, LoadResult } from '../load-generator.ts'
import { thisMachine } from '../machine.ts'
import { readBooks as readListed, readQuestions } from '../search-test-data.ts'
import { startWorker } from '../worker.ts'
import { fillOurs, startOurs } from './cloudshelf.ts'
import { installOf, versionOf } from './install-size.ts'
import { lineOf, type Sum, takeTurns, together } from './interleaved-peers.ts'
import type { Peer, PeerPlace, RunningShop } from './peer.ts'
import { familyMemory } from './process-tree.ts'
import type { CrowdResult, LineResult, Result, ShopResult } from './result.ts'
import { nodeVersion } from './server.ts'
import type { ShopperJob, ShopperResult } from './shopper-worker.ts'
import { type Generators, LINES, sideOf } from './workloads.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const BUYERS = 50
const ASKERS = 4

export type Comparison = {
  readonly books: readonly Book[]
  /** The folder of the test data, and an empty one for our own shop. */
  readonly data: string
  readonly dataDir: string
  readonly quick: boolean
  readonly absent: readonly string[]
  readonly say: (line: string) => void
}

const memoryOf = ({ processes: { shop, store } }: RunningShop) => ({
  shop: familyMemory(shop, store) ?? 0,
  store: store === undefined ? 0 : (familyMemory(store) ?? 0),
})

type Memory = ReturnType<typeof memoryOf>
/** The most of them together. */
const mostOf = (all: readonly Memory[]): Memory =>
  all.reduce((most, one) => (one.shop + one.store > most.shop + most.store ? one : most), {
    shop: 0,
    store: 0,
  })

/** The share of the queries of both files whose first answer is a right one. */
const hitsOf = async (shop: RunningShop, data: string, { shopper }: Generators) => {
  const books = readListed(join(data, 'books-10k.csv'))
  const share = async (file: string): Promise<number> => {
    const questions = readQuestions(join(data, 'search', file), books)
    const { places = [] } = await shopper.run({
      kind: 'find',
      shop: shop.name,
      port: shop.port,
      facts: shop.facts,
      texts: questions.map(({ q }) => q),
      atOnce: ASKERS,
    })
    const right = questions.filter((question, i) => {
      const place = places[i]
      return place !== undefined && question.right.has(books[place]?.book_id ?? '')
    })
    return right.length / questions.length
  }
  return { main: await share('search-dev.tsv'), hard: await share('search-hard-dev.tsv') }
}

const crowdsOf = async (shop: RunningShop, { shopper }: Generators): Promise<CrowdResult[]> => {
  const results: CrowdResult[] = []
  for (const { title, copies } of shop.crowds) {
    const { latencies, refused, broke, told } = await shopper.run({
      kind: 'crowd',
      shop: shop.name,
      port: shop.port,
      facts: shop.facts,
      title,
      buyers: BUYERS,
      atOnce: ASKERS,
    })
    const sold = latencies.length
    results.push({ copies, buyers: BUYERS, sold, refused, broke, ...(told === undefined ? {} : { told }) })
  }
  return results
}

/** Measures everybody; `peers` must all be there. */
export const compare = async (
  peers: readonly { readonly peer: Peer; readonly place: PeerPlace }[],
  { books, data, dataDir, quick, absent, say }: Comparison,
): Promise<Result> => {
  const effort: Effort = quick
    ? { rounds: 1, sliceSeconds: 1.5, warmSeconds: 0.5 }
    : { rounds: 2, sliceSeconds: 3, warmSeconds: 5 }
  const starts = quick ? 1 : 7
  const restMs = quick ? 1_000 : 10_000
  // What one leaves behind, pages to be written and a database that ends, is not to be the next one's.
  const settleMs = quick ? 1_000 : 3_000

  const machine = thisMachine()
  say(`filling our shop with ${books.length} books`)
  await fillOurs(dataDir, books)
  // The first start writes the index down; it is no start of a shop that has been open before.
  await startOurs(dataDir, books).then(shop => shop.end())
  await sleep(settleMs)

  say('starting everybody in turn')
  const startedIn = new Map<string, number[]>()
  const startOnce = async (name: string, start: () => Promise<RunningShop>): Promise<void> => {
    const shop = await start()
    startedIn.set(name, [...(startedIn.get(name) ?? []), shop.startedIn])
    await shop.end()
    await sleep(settleMs)
  }
  for (let i = 0; i < starts; i++) {
    await startOnce('cloudshelf', () => startOurs(dataDir, books))
    for (const { peer, place } of peers) await startOnce(peer.name, () => peer.start(place, books))
  }

  const generators: Generators = {
    load: startWorker<LoadJob, LoadResult>('load-generator.ts'),
    shopper: startWorker<ShopperJob, ShopperResult>('peers/shopper-worker.ts'),
  }
  const shops: ShopResult[] = []
  const lines: LineResult[] = []
  const sums = LINES.map((): Sum[] => [])
  const failures = LINES.map(() => 0)
  const rests: Memory[] = []
  const afters: Memory[] = []
  let found: Pick<ShopResult, 'hits' | 'crowds'> | undefined

  for (const { peer, place } of peers) {
    say(`${peer.label}, turn by turn with ours`)
    const copy = join(dataDir, '..', `cloudshelf-beside-${peer.name}`)
    cpSync(dataDir, copy, { recursive: true })
    const shop = await peer.start(place, books)
    const ours = await startOurs(copy, books)
    await sleep(restMs)
    const peerRest = memoryOf(shop)
    rests.push(memoryOf(ours))
    for (const [i, line] of LINES.entries()) {
      const theirs = await sideOf(shop, line, generators)
      const side = await sideOf(ours, line, generators)
      const turns = await takeTurns(theirs, side, effort, line.scarce)
      sums[i]?.push(turns.ours)
      failures[i] = (failures[i] ?? 0) + side.failed()
      const [their, our] = [lineOf(turns.peer), lineOf(turns.ours)]
      const apart = peer.apart?.[line.name]
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
      say(`  ${line.name}: ${their.perSecond.toFixed(1)} per second, ours ${our.perSecond.toFixed(0)}`)
    }
    say('  the queries, and the crowds')
    const hits = await hitsOf(shop, data, generators)
    const crowds = await crowdsOf(shop, generators)
    const project = join(place.folder, peer.project)
    shops.push({
      name: peer.name,
      label: peer.label,
      version: versionOf(project, peer.packageName),
      node: nodeVersion(place.node),
      database: peer.database,
      starts: startedIn.get(peer.name) ?? [],
      rest: peerRest,
      after: memoryOf(shop),
      install: installOf(project),
      hits,
      crowds,
      differs: [...peer.differs],
    })
    await shop.end()
    if (!found) {
      say('  the queries and the crowds in ours')
      found = { hits: await hitsOf(ours, data, generators), crowds: await crowdsOf(ours, generators) }
    }
    afters.push(memoryOf(ours))
    await ours.end()
  }

  if (!found) throw new TypeError('there was nobody to be beside')
  const oursResult: ShopResult = {
    name: 'cloudshelf',
    label: 'CloudShelf',
    version: 'this one',
    node: process.version,
    database: 'embedded DynamoDB engine',
    starts: startedIn.get('cloudshelf') ?? [],
    rest: mostOf(rests),
    after: mostOf(afters),
    install: installOf(PROJECT),
    ...found,
    differs: [],
  }
  const ourLines = LINES.map(
    ({ name: line }, i): LineResult => ({
      line,
      shop: 'cloudshelf',
      ...lineOf(together(sums[i] ?? [])),
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
