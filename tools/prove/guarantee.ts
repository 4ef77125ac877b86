/** What every proof is given, and what it gives back. */
import { type Random, seededRandom } from '../bench/random.ts'

export type Run = {
  /** Few rounds, for each change; else those of the promise. */
  readonly quick: boolean
  readonly seed: number
  /** The same numbers for the same seed and promise, whichever other promises are tried. */
  readonly random: Random
  readonly soakMinutes: number
  /** Whether tests of the suite are run where they are part of a proof: not when the suite itself runs. */
  readonly withSuite: boolean
  readonly log: (line: string) => void
}

/** A deliberately naive implementation under the same test, which has to fail there; else the test shows nothing. */
export type Control = { readonly result: string; readonly failed: boolean }

export type Proof = {
  /** What was tried and how often: `20 rounds of 60 buyers for 10 copies`. */
  readonly method: string
  readonly result: string
  readonly holds: boolean
  readonly control?: Control
  /** For machines and plots. */
  readonly figures?: Readonly<Record<string, number | readonly number[]>>
}

export type Guarantee = {
  /** Its number among the promises of docs/reliability.md. */
  readonly number: number
  readonly title: string
  /** The figure at which it counts as kept. */
  readonly criterion: string
  /** The suite's own tests prove it, at least in part, so `npm test` does not do it twice. */
  readonly inSuite?: boolean
  readonly prove: (run: Run) => Promise<Proof>
}

export const createRun = (options: Omit<Run, 'random'>, { number }: Pick<Guarantee, 'number'>): Run => ({
  ...options,
  random: seededRandom(options.seed * 1_000 + number),
})

/** `count` things done, at most `atOnce` of them at a time; the results in order. */
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

/** How many of them are so. */
export const countWhere = <T>(items: Iterable<T>, isSo: (item: T) => boolean): number => {
  let count = 0
  for (const item of items) if (isSo(item)) count++
  return count
}

export const randomInteger = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))
