/** Mail worker of a local shop: polls the outbox every second. On AWS a Lambda function does this. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isFenceRefusal } from '../core/fence/write-guard.ts'
import { sendDueMail, type WorkerDeps } from '../notifications/worker.ts'

const POLL_MS = 1_000
/** The worker pauses nine times as long as it works, so that shoppers get nine tenths of the process. */
const PAUSE_FACTOR = 9
const PAUSE_AFTER_FAILURE_MS = 10_000
const DRAIN_MS = 5_000

export type MailWorker = {
  /**
   * Graceful shutdown: waits for the mails being sent, at most 5 seconds. A mail that is not recorded as sent by then becomes due
   * again when its lease expires.
   */
  readonly stop: () => Promise<void>
}

export const startMailWorker = (deps: WorkerDeps): MailWorker => {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async (): Promise<void> => {
    let pause = POLL_MS
    while (!signal.aborted) {
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      try {
        await sendDueMail({ ...deps, pauseFactor: PAUSE_FACTOR }, signal)
        pause = POLL_MS
      } catch (error) {
        // Where the database takes no writes, no mail can be leased: mails wait.
        if (!isFenceRefusal(error)) deps.log.failure(error)
        pause = PAUSE_AFTER_FAILURE_MS
      }
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await Promise.race([running, sleep(DRAIN_MS, undefined, { ref: false })])
    },
  }
}
