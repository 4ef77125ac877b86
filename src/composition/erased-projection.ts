/** Erasures of a shop on AWS in PostgreSQL: the function ReportsConsumer applies them, which alone writes there. */
import * as z from 'zod'
import { createLambdaFunction } from '../core/aws/lambda.ts'
import { backoff } from '../core/retry.ts'
import type { ErasedProjection } from '../privacy/erase.ts'
import { createSigner } from './clients.ts'
import type { Settings } from './settings.ts'

const Answer = z.object({ applied: z.boolean() })

const START = { maxTries: 2, pause: backoff(50, 200), withinMs: 2_000, answerWithinMs: 1_000 }
/** A database that is paused is there within half a minute. */
const CALL = { maxTries: 1, pause: backoff(50, 200), withinMs: 60_000, answerWithinMs: 60_000 }
/** While the database cannot be used, so long no other erasure waits for it (ms). */
const REST_MS = 120_000

type Given = {
  readonly settings: Pick<Settings, 'reportsConsumer' | 'lambdaEndpoint' | 'accessKey' | 'region'>
  readonly report: (error: unknown) => void
}

/**
 * Undefined without PostgreSQL. `isAwaited`: the function is called and its result awaited, for a minute at most; otherwise it is started, and
 * whether it succeeds is not known: the sweeper finishes the erasure.
 */
export const createErasedProjection = (
  { settings, report }: Given,
  { isAwaited }: { readonly isAwaited: boolean },
): ErasedProjection | undefined => {
  const { reportsConsumer, lambdaEndpoint } = settings
  if (reportsConsumer === undefined) return undefined
  const sign = createSigner(settings, 'lambda')
  const { start, call } = createLambdaFunction(
    lambdaEndpoint,
    sign,
    reportsConsumer,
    isAwaited ? CALL : START,
  )
  let restsUntil = 0
  const apply = async (event: object): Promise<boolean> => {
    if (Date.now() < restsUntil) return false
    if (isAwaited) {
      const { applied } = Answer.parse(await call(event))
      if (!applied) restsUntil = Date.now() + REST_MS
      return applied
    }
    await start(event)
    return false
  }
  return {
    applied: async erased => {
      try {
        return await apply({ erased })
      } catch (error) {
        report(error)
        restsUntil = Date.now() + REST_MS
        return false
      }
    },
  }
}
