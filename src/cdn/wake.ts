/** Starts the purger for a change that waits; it runs until no change waits. */
import type { AwsRetryPolicy } from '../core/aws/aws-request.ts'
import { createLambdaFunction } from '../core/aws/lambda.ts'
import type { ServiceSigner, Signer } from '../core/aws/sign.ts'
import { backoff } from '../core/retry.ts'
import type { WaitingChange } from './waiting-change.ts'

/**
 * Starts the purger, unless one that was started for earlier changes is still there for this one too. It runs at least until the last of
 * them has settled, and not until it is due: any other change that is due takes along what has settled. `now` is in milliseconds since
 * the epoch. Rejects when Lambda does not accept the call within seconds.
 */
export type Wake = (change: Pick<WaitingChange, 'settledAt' | 'dueAt'>, now: number) => Promise<void>

/** What a purger has of its timeout for changes that become due, less than lambda/cdn-purger.ts gives it (ms). */
const RUNS_MS = 200_000
/** The clocks of two functions differ by less (ms). */
const CLOCKS_MS = 1_000

/** The change log of the next books waits for this call. */
const BRIEF: AwsRetryPolicy = { maxTries: 2, pause: backoff(50, 200), withinMs: 2_000, answerWithinMs: 1_000 }

/** `purger`: name and alias of the function, `CdnPurger:live`; `endpoint`: that of Lambda in this Region. */
export const createWaker = (
  endpoint: string,
  sign: Signer & Partial<ServiceSigner>,
  purger: string,
): Wake => {
  const { start } = createLambdaFunction(endpoint, sign, purger, BRIEF)
  let [isThereUntil, endsAt] = [0, 0]
  return async ({ settledAt, dueAt }, now) => {
    if (now >= isThereUntil || dueAt > endsAt) {
      await start({})
      endsAt = now + RUNS_MS
    }
    isThereUntil = settledAt - CLOCKS_MS
  }
}
