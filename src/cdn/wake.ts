/** Starts the purger for a change that waits; it runs until no change waits. */
import { type AwsRetryPolicy, createAwsClient } from '../core/aws/aws-request.ts'
import type { ServiceSigner, Signer } from '../core/aws/sign.ts'
import { backoff } from '../core/retry.ts'

/**
 * Starts the purger, unless one that was started for an earlier change is still there for this one too: it runs at least until that
 * one has settled, after which any other change that is due may take it along. Times in milliseconds since the epoch. Rejects when
 * Lambda does not accept the call within seconds.
 */
export type Wake = (settledAt: number, now: number) => Promise<void>

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
  let isThereUntil = 0
  return async (settledAt, now) => {
    if (now < isThereUntil) return
    const { status, body } = await call({
      method: 'POST',
      path: `/2015-03-31/functions/${name}/invocations?Qualifier=${alias}`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
      body: '{}',
    })
    if (status !== 202) throw new Error(`Lambda responded with ${status}: ${body.toString('utf8', 0, 300)}`)
    isThereUntil = settledAt
  }
}
