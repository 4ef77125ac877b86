/** Interleaved measurement of a peer and CloudShelf, so that other load affects both. */
import { type Effort, type Figures, type Slice, type SliceRunner, summarize } from '../interleaved.ts'
import type { RunningShop } from './peer.ts'
import { processTreeCpu } from './process-tree.ts'

/** Figures of a shop for a workload. CPU in milliseconds per operation, the database's separately. */
export type WorkloadFigures = Figures & { readonly shopCpu: number; readonly storeCpu: number }

/** Slices of a shop so far, and their CPU time in seconds. */
export type Sum = { slices: Slice[]; shop: number; store: number }

export const createSum = (): Sum => ({ slices: [], shop: 0, store: 0 })

export const summarizeSum = ({ slices, shop, store }: Sum): WorkloadFigures => {
  const figures = summarize(slices)
  if (figures.operations === 0) throw new Error('no prepared request was left; prepare more')
  const each = (seconds: number) => (1000 * seconds) / figures.operations
  return { ...figures, shopCpu: each(shop), storeCpu: each(store) }
}

const readCpu = ({ processes: { shop, store } }: RunningShop) => ({
  shop: processTreeCpu(shop, store),
  store: store === undefined ? 0 : processTreeCpu(store),
})

const runSliceOf = async (
  shop: RunningShop,
  doing: SliceRunner,
  seconds: number,
  sum: Sum,
): Promise<void> => {
  const before = readCpu(shop)
  sum.slices.push(await doing(seconds))
  const after = readCpu(shop)
  sum.shop += after.shop - before.shop
  sum.store += after.store - before.store
}

export type Side = { readonly shop: RunningShop; readonly runSlice: SliceRunner }

/** Alternates slices of the peer with shorter ones of CloudShelf, `rounds` times after a warm-up. */
export const measureInterleaved = async (
  peer: Side,
  ours: Side,
  { rounds, sliceSeconds, warmSeconds }: Effort,
  scarce = false,
): Promise<{ readonly peer: Sum; readonly ours: Sum }> => {
  const sums = { peer: createSum(), ours: createSum() }
  await peer.runSlice(warmSeconds)
  if (!scarce) await ours.runSlice(warmSeconds)
  for (let round = 0; round < rounds; round++) {
    await runSliceOf(peer.shop, peer.runSlice, sliceSeconds, sums.peer)
    await runSliceOf(ours.shop, ours.runSlice, sliceSeconds / (scarce ? 12 : 2), sums.ours)
  }
  return sums
}

export const mergeSums = (sums: readonly Sum[]): Sum =>
  sums.reduce(
    (all, sum) => ({
      slices: [...all.slices, ...sum.slices],
      shop: all.shop + sum.shop,
      store: all.store + sum.store,
    }),
    createSum(),
  )
