/** The mail worker of a local shop: looks into the outbox each second. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sendDueMail, type WorkerDeps } from '../notifications/worker.ts'

const PAUSE_MS = 1_000
/** The worker pauses nine times as long as a mail took: shoppers have nine tenths of the time. */
const PAUSE_FACTOR = 9
const PAUSE_AFTER_FAILURE_MS = 10_000
const DRAIN_MS = 5_000

/**
 * Starts the worker; `stop()` ends it after the mails in hand, but waits at most 5 seconds for a mail server: what is
 * not noted as sent by then is due again when its lease ends.
 */
export const startMail = (deps: WorkerDeps): { readonly stop: () => Promise<void> } => {
  const ending = new AbortController()
  const { signal } = ending
  const run = async (): Promise<void> => {
    let pause = PAUSE_MS
    while (!signal.aborted) {
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      try {
        await sendDueMail({ ...deps, pauseFactor: PAUSE_FACTOR }, signal)
        pause = PAUSE_MS
      } catch (error) {
        deps.log.failure(error)
        pause = PAUSE_AFTER_FAILURE_MS
      }
    }
  }
  const running = run()
  return {
    stop: async () => {
      ending.abort()
      await Promise.race([running, sleep(DRAIN_MS, undefined, { ref: false })])
    },
  }
}
