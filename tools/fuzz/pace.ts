/** Pace of this machine, by which response times are judged: the same response takes longer on a slower or busier one. */
import { median } from '../bench/measure.ts'
import { startConstantServer } from '../prove/constant-answer.ts'

/** Maximum response time (ms), and the time of a constant answer, on an idle machine. */
export const MAX_MS = 2_000
const IDLE_MS = 2
const SAMPLE_SECONDS = 0.3

/** Response times (ms) of a plain server in a process of its own, which the shop under test cannot slow down. */
const sampleConstant = async (): Promise<number[]> => {
  const server = await startConstantServer()
  try {
    return await server.sample(SAMPLE_SECONDS)
  } finally {
    await server.end()
  }
}

/** The response time (ms) in proportion to an idle machine: divided by how much slower constant answers are just now. */
export const scaleToIdle = async (ms: number, sample = sampleConstant): Promise<number> =>
  ms / Math.max(1, median(await sample()) / IDLE_MS)
