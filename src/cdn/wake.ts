/** Starts the purger for a change that waits; it runs until no change waits. */
import { type AwsRetryPolicy, createAwsClient } from '../core/aws/aws-request.ts'
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
  const call = createAwsClient(endpoint, sign, BRIEF)
  const [name = '', alias = ''] = purger.split(':')
  const start = async (): Promise<void> => {
    const { status, body } = await call({
      method: 'POST',
      path: `/2015-03-31/functions/${name}/invocations?Qualifier=${alias}`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
      body: '{}',
    })
    if (status !== 202) throw new Error(`Lambda responded with ${status}: ${body.toString('utf8', 0, 300)}`)
  }
  let [isThereUntil, endsAt] = [0, 0]
  return async ({ settledAt, dueAt }, now) => {
    if (now >= isThereUntil || dueAt > endsAt) {
      await start()
      endsAt = now + RUNS_MS
    }
    isThereUntil = settledAt - CLOCKS_MS
  }
}
