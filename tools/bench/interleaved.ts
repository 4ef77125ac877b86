/** Interleaved measurement: slices of an operation alternate with slices of its reference, so that other load affects both. */
import type { LoadJob, LoadResult } from './load-generator.ts'
import { cpuSeconds, percentile } from './measure.ts'
import type { Worker } from './worker.ts'

/** A slice: its duration in seconds, and the latency of each response in milliseconds. */
export type Slice = { readonly seconds: number; readonly latencies: Float64Array }

/** Runs a load for some seconds; can be called repeatedly. */
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
  /** Milliseconds of CPU per operation, if the system reports it. */
  readonly shopCpu: number | undefined
  readonly engineCpu: number | undefined
  /** Throughput relative to the reference. */
  readonly share: number | undefined
  readonly reference: 'ceiling' | 'engine' | undefined
  readonly target: number | undefined
}

export type Effort = { readonly rounds: number; readonly sliceSeconds: number; readonly warmSeconds: number }

/** Creates a runner of the load that the generator has prepared under this name. */
export const createSliceRunner =
  (generator: Worker<LoadJob, LoadResult>, name: string): SliceRunner =>
  seconds =>
    generator.run({ kind: 'run', name, seconds })

const ALL_LIMIT_SECONDS = 30

/** Sends every prepared request once, which fills the shop's caches. */
export const requestAllOnce = async (
  generator: Worker<LoadJob, LoadResult>,
  load: Omit<Extract<LoadJob, { kind: 'prepare' }>, 'kind' | 'name' | 'once'>,
): Promise<void> => {
  await generator.run({ ...load, kind: 'prepare', name: 'once', once: true })
  await createSliceRunner(generator, 'once')(ALL_LIMIT_SECONDS)
}

/** Figures of all slices together. */
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

/** Measures `runSlice` after a warm-up, alternating with slices of the reference that are half as long. */
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
  if (figures.operations === 0) throw new Error('no prepared request was left; prepare more')
  const perOperation = (seconds: number) =>
    Number.isNaN(seconds) ? undefined : (1000 * seconds) / figures.operations
  return {
    ...figures,
    shopCpu: perOperation(shopCpu),
    engineCpu: perOperation(engineCpu),
    share: runReference && figures.perSecond / summarize(others).perSecond,
  }
}
