/**
 * Attempts at the codes of an account's second factor: ten in a row, then none for 15 minutes. An attempt is counted before its code is
 * compared, on condition of the count that was read, so that attempts at the same time cannot be more than ten. A code that is right
 * takes the count back.
 */
import { ShopError } from '../../core/errors.ts'
import { backoff, type RetryPolicy, retry } from '../../core/retry.ts'
import type { AccountDeps } from '../deps.ts'

const MAX_ATTEMPTS = 10
const LOCKED_SECONDS = 15 * 60
/** Each conflict is another attempt that was counted, or the end of one. */
const RETRIES: RetryPolicy = { maxTries: 30, pause: backoff(5, 80) }

const tooMany = () =>
  new ShopError('too_many_requests', 'Too many incorrect codes. Please try again in 15 minutes.', {
    retry_after: LOCKED_SECONDS,
  })

const busy = () => new ShopError('store_busy', 'The shop is very busy. Please try again in a moment.')

const isOutage = (error: unknown): boolean =>
  error instanceof ShopError && (error.code === 'store_busy' || error.code === 'store_unavailable')

const takenBack = (failedVerificationCount: number) => ({ failedVerificationCount, lockedUntil: null })

export type CodeAttempts = {
  /** Runs `compare` as an attempt at a code of this account. Throws too_many_requests and store_busy. */
  readonly count: (account: string, compare: () => Promise<void>) => Promise<void>
}

type Deps = Pick<AccountDeps, 'records' | 'now'>

export const createCodeAttempts = ({ records, now }: Deps): CodeAttempts => {
  /** Sets the count that `change` makes of the present one; once it gives undefined, nothing is written. */
  const update = async (
    account: string,
    change: (count: number) => { failedVerificationCount: number; lockedUntil: string | null },
  ): Promise<void> => {
    const done = await retry(RETRIES, async () => {
      const [seen] = await records.byField('twoFactor', 'userId', account)
      if (!seen) return true
      const { failedVerificationCount = 0, lockedUntil } = seen.record
      const until = typeof lockedUntil === 'string' ? Date.parse(lockedUntil) : undefined
      const count = until !== undefined && until <= now().getTime() ? 0 : Number(failedVerificationCount)
      const changed = { ...seen.record, ...change(count) }
      return (await records.replace('twoFactor', seen, changed)) || undefined
    })
    if (!done) throw busy()
  }

  const count: CodeAttempts['count'] = async (account, compare) => {
    await update(account, count => {
      if (count >= MAX_ATTEMPTS) throw tooMany()
      const isLast = count + 1 === MAX_ATTEMPTS
      const lockedUntil = isLast ? new Date(now().getTime() + LOCKED_SECONDS * 1000).toISOString() : null
      return { failedVerificationCount: count + 1, lockedUntil }
    })
    try {
      await compare()
    } catch (error) {
      // Nothing was compared: an outage must not use up the attempts.
      if (isOutage(error)) await update(account, failed => takenBack(Math.max(0, failed - 1))).catch(() => {})
      throw error
    }
    // The sign-in has succeeded, and its code is used up, whether or not the count can be taken back.
    await update(account, () => takenBack(0)).catch((error: unknown) => {
      if (!isOutage(error)) throw error
    })
  }

  return { count }
}
