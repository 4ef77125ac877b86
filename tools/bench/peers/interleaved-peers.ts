/** Measures a peer turn by turn with our shop, so that whatever else the machine does meets both. */
import { type Doing, type Effort, type Figures, figuresOf, type Slice } from '../interleaved.ts'
import type { RunningShop } from './peer.ts'
import { familyCpu } from './process-tree.ts'

/** One shop at one line of the comparison. CPU is the server's, in milliseconds per operation, its database's apart. */
export type Line = Figures & { readonly shopCpu: number; readonly storeCpu: number }

/** A shop's slices so far, and the CPU that they took it, in seconds. */
export type Sum = { slices: Slice[]; shop: number; store: number }

export const newSum = (): Sum => ({ slices: [], shop: 0, store: 0 })

export const lineOf = ({ slices, shop, store }: Sum): Line => {
  const figures = figuresOf(slices)
  if (figures.operations === 0) throw new Error('nothing was left to do: prepare more')
  const each = (seconds: number) => (1000 * seconds) / figures.operations
  return { ...figures, shopCpu: each(shop), storeCpu: each(store) }
}

const cpuOf = ({ processes: { shop, store } }: RunningShop) => ({
  shop: familyCpu(shop, store),
  store: store === undefined ? 0 : familyCpu(store),
})

const slice = async (shop: RunningShop, doing: Doing, seconds: number, sum: Sum): Promise<void> => {
  const before = cpuOf(shop)
  sum.slices.push(await doing(seconds))
  const after = cpuOf(shop)
  sum.shop += after.shop - before.shop
  sum.store += after.store - before.store
}

export type Side = { readonly shop: RunningShop; readonly doing: Doing }

/** A slice of the peer, then a shorter one of ours, `rounds` times; both are warmed up before. */
export const takeTurns = async (
  peer: Side,
  ours: Side,
  { rounds, sliceSeconds, warmSeconds }: Effort,
  scarce = false,
): Promise<{ readonly peer: Sum; readonly ours: Sum }> => {
  const sums = { peer: newSum(), ours: newSum() }
  await peer.doing(warmSeconds)
  if (!scarce) await ours.doing(warmSeconds)
  for (let round = 0; round < rounds; round++) {
    await slice(peer.shop, peer.doing, sliceSeconds, sums.peer)
    await slice(ours.shop, ours.doing, sliceSeconds / (scarce ? 12 : 2), sums.ours)
  }
  return sums
}

export const together = (sums: readonly Sum[]): Sum =>
  sums.reduce(
    (all, sum) => ({
      slices: [...all.slices, ...sum.slices],
      shop: all.shop + sum.shop,
      store: all.store + sum.store,
    }),
    newSum(),
  )
