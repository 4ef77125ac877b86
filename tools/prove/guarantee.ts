/** Definition of a guarantee, of a run, and of the proof that a run returns. */
import { type Random, seededRandom } from '../bench/random.ts'

export type Run = {
  /** Few rounds, as in `npm test`; otherwise the full number. */
  readonly quick: boolean
  readonly seed: number
  /** The same numbers for the same seed and guarantee, whichever other guarantees are tested. */
  readonly random: Random
  readonly soakMinutes: number
  /** Whether tests of the suite that are part of a proof are run: not if the suite itself is running. */
  readonly withSuite: boolean
  readonly log: (line: string) => void
}

/** Control experiment: a naive implementation under the same test. It must fail, otherwise the test proves nothing. */
export type Control = { readonly result: string; readonly failed: boolean }

export type Proof = {
  /** What was tested and how often: `20 rounds of 60 buyers for 10 copies`. */
  readonly method: string
  readonly result: string
  readonly holds: boolean
  /** Why a missed bound of time says nothing about the shop; everything else held. */
  readonly undecided?: string
  readonly control?: Control
  /** Figures for plots and for other programs. */
  readonly figures?: Readonly<Record<string, number | readonly number[]>>
}

export type Guarantee = {
  /** Its number in docs/reliability.md. */
  readonly number: number
  readonly title: string
  /** Criterion that must be met for the guarantee to hold. */
  readonly criterion: string
  /** Whether tests of the suite prove it, at least in part, so that `npm test` does not run it twice. */
  readonly inSuite?: boolean
  readonly prove: (run: Run) => Promise<Proof>
}

export const createRun = (options: Omit<Run, 'random'>, { number }: Pick<Guarantee, 'number'>): Run => ({
  ...options,
  random: seededRandom(options.seed * 1_000 + number),
})

/** Calls `one` `count` times, at most `atOnce` at a time; returns the results in order. */
export const runConcurrently = async <T>(
  count: number,
  atOnce: number,
  one: (i: number) => Promise<T>,
): Promise<T[]> => {
  const results: T[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) results[i] = await one(i)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker))
  return results
}

/** Counts the items for which `isSo` is true. */
export const countWhere = <T>(items: Iterable<T>, isSo: (item: T) => boolean): number => {
  let count = 0
  for (const item of items) if (isSo(item)) count++
  return count
}

export const randomInteger = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))
