/** Measures an operation in slices, turn by turn with what it is compared to, so that what else the machine does hits both. */
import type { LoadJob, LoadResult } from './load-generator.ts'
import { cpuSeconds, percentile } from './measure.ts'
import type { Worker } from './worker.ts'

/** One slice: how long it took, in seconds, and how long each answer took, in milliseconds. */
export type Slice = { readonly seconds: number; readonly latencies: Float64Array }

/** Something that can be done for a while, again and again. */
export type SliceRunner = (seconds: number) => Promise<Slice>

export type Figures = {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly operations: number
}

export type OperationResult = Figures & {
  readonly name: string
  /** Milliseconds of CPU per operation, where the system says. */
  readonly shopCpu: number | undefined
  readonly engineCpu: number | undefined
  /** The share of what it is compared to, measured in between. */
  readonly share: number | undefined
  readonly reference: 'ceiling' | 'engine' | undefined
  readonly target: number | undefined
}

export type Effort = { readonly rounds: number; readonly sliceSeconds: number; readonly warmSeconds: number }

/** The load of the generator under this name. */
export const createSliceRunner =
  (generator: Worker<LoadJob, LoadResult>, name: string): SliceRunner =>
  seconds =>
    generator.run({ kind: 'run', name, seconds })

const ALL_LIMIT_SECONDS = 30

/** Asks once for all that is prepared: what the shop keeps, it has then. */
export const requestAllOnce = async (
  generator: Worker<LoadJob, LoadResult>,
  load: Omit<Extract<LoadJob, { kind: 'prepare' }>, 'kind' | 'name' | 'once'>,
): Promise<void> => {
  await generator.run({ ...load, kind: 'prepare', name: 'once', once: true })
  await createSliceRunner(generator, 'once')(ALL_LIMIT_SECONDS)
}

/** The figures of all slices together. */
export const summarize = (slices: readonly Slice[]): Figures => {
  const seconds = slices.reduce((sum, slice) => sum + slice.seconds, 0)
  const latencies = Float64Array.from(slices.flatMap(slice => [...slice.latencies])).sort()
  return {
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    operations: latencies.length,
  }
}

const difference = (before: number | undefined, after: number | undefined): number =>
  before === undefined || after === undefined ? Number.NaN : after - before

/** The figures of `doing`, after a warm-up, beside those of `other` in slices half as long. */
export const measureInterleaved = async (
  runSlice: SliceRunner,
  runReference: SliceRunner | undefined,
  pids: { readonly shop: number; readonly engine: number },
  { rounds, sliceSeconds, warmSeconds }: Effort,
): Promise<Pick<OperationResult, 'shopCpu' | 'engineCpu' | 'share'> & Figures> => {
  const slices: Slice[] = []
  const others: Slice[] = []
  let shopCpu = 0
  let engineCpu = 0
  if (warmSeconds > 0) await runSlice(warmSeconds)
  for (let round = 0; round < rounds; round++) {
    if (runReference) others.push(await runReference(sliceSeconds / 2))
    const before = [cpuSeconds(pids.shop), cpuSeconds(pids.engine)]
    slices.push(await runSlice(sliceSeconds))
    shopCpu += difference(before[0], cpuSeconds(pids.shop))
    engineCpu += difference(before[1], cpuSeconds(pids.engine))
  }
  const figures = summarize(slices)
  if (figures.operations === 0) throw new Error('nothing was left to do: prepare more')
  const perOperation = (seconds: number) =>
    Number.isNaN(seconds) ? undefined : (1000 * seconds) / figures.operations
  return {
    ...figures,
    shopCpu: perOperation(shopCpu),
    engineCpu: perOperation(engineCpu),
    share: runReference && figures.perSecond / summarize(others).perSecond,
  }
}
