/** Pace of this machine, by which response times are judged: the same response takes longer on a slower or busier one. */
import { median } from '../bench/measure.ts'

/** Maximum response time (ms), and the time of a constant answer, on an idle machine. */
export const MAX_MS = 2_000
const IDLE_MS = 2
const SAMPLES = 9

/** The response time (ms) in proportion to an idle machine: divided by how much slower constant answers are just now. */
export const scaleToIdle = async (ms: number, askConstant: () => Promise<unknown>): Promise<number> => {
  const samples: number[] = []
  for (let i = 0; i < SAMPLES; i++) {
    const since = performance.now()
    await askConstant()
    samples.push(performance.now() - since)
  }
  return ms / Math.max(1, median(samples) / IDLE_MS)
}
