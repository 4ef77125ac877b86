/** Timing of single calls, with mean and percentiles. */

/** In milliseconds. */
export type TimingSummary = Record<'mean' | 'p50' | 'p95' | 'p99', number>

const summarizeTimes = (times: readonly number[]): TimingSummary => {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** Times calls over all texts five times, after one warm-up round. */
export const timeCalls = async (
  texts: readonly string[],
  ask: (text: string) => Promise<unknown>,
): Promise<TimingSummary> => {
  const times: number[] = []
  for (let round = 0; round < 6; round++) {
    for (const text of texts) {
      const start = performance.now()
      await ask(text)
      if (round > 0) times.push(performance.now() - start)
    }
  }
  return summarizeTimes(times)
}
