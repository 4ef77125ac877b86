/** Workloads of the comparison, with their targets. */

import { createSliceRunner } from '../interleaved.ts'
import type { LoadJob, LoadResult } from '../load-generator.ts'
import type { Worker } from '../worker.ts'
import type { Side } from './interleaved-peers.ts'
import type { RunningShop } from './peer.ts'
import type { ShopperJob, ShopperResult } from './shopper-worker.ts'

const CONNECTIONS = 16
const BUYERS = 8

type Kind =
  | { readonly kind: 'read'; readonly what: 'list' | 'book' | 'newBook' | 'search' }
  | { readonly kind: 'fill' | 'buy'; readonly lines: number }

/** `target`: required multiple of the best peer's throughput. */
export type Workload = Kind & {
  readonly name: string
  readonly target?: number
  /** Whether CloudShelf has only few such requests, so that there is no warm-up and slices are short. */
  readonly isScarce?: true
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'list, 24 of a category', kind: 'read', what: 'list', target: 20 },
  { name: 'one book', kind: 'read', what: 'book', target: 20 },
  { name: 'one book, not cached', kind: 'read', what: 'newBook', isScarce: true },
  { name: 'search, 24', kind: 'read', what: 'search', target: 20 },
  { name: 'add to cart, new guest', kind: 'fill', lines: 1, target: 10 },
  { name: 'complete checkout, 1 line', kind: 'buy', lines: 1, target: 10 },
  { name: 'complete checkout, 3 lines', kind: 'buy', lines: 3 },
  { name: 'complete checkout, 10 lines', kind: 'buy', lines: 10 },
]

export type Generators = {
  readonly load: Worker<LoadJob, LoadResult>
  readonly shopper: Worker<ShopperJob, ShopperResult>
}

/** Prepares a workload on a shop; `failed` counts operations that the shop did not complete. */
export const prepareSide = async (
  shop: RunningShop,
  line: Workload,
  { load, shopper }: Generators,
): Promise<Side & { readonly failed: () => number }> => {
  if (line.kind === 'read') {
    const name = `${shop.name}:${line.what}`
    const reading = shop.reads[line.what] ?? shop.reads.book
    await load.run({
      kind: 'prepare',
      name,
      port: shop.port,
      connections: CONNECTIONS,
      status: 200,
      ...reading,
      once: reading.once === true,
    })
    return { shop, runSlice: createSliceRunner(load, name), failed: () => 0 }
  }
  let failed = 0
  const job = {
    kind: line.kind,
    shop: shop.name,
    port: shop.port,
    facts: shop.facts,
    titles: shop.titles,
    lines: line.lines,
    atOnce: line.kind === 'buy' ? BUYERS : CONNECTIONS,
  } as const
  const doing = async (seconds: number): Promise<ShopperResult> => {
    const done = await shopper.run({ ...job, seconds })
    failed += done.refused + done.broke
    if (done.told) console.error(`  ${shop.name} refused: ${done.told}`)
    return done
  }
  return { shop, runSlice: doing, failed: () => failed }
}
