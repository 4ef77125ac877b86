/** Signals that end a command which has started a server: the server has a process group of its own, so Ctrl-C does not reach it. */
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Exits with the code of `signal`, but through the exit hooks of the process, which kill its servers. */
const exitOnSignal = (signal: (typeof SIGNALS)[number]): void => {
  // A command with a signal handler of its own shuts down gracefully.
  if (process.listenerCount(signal) > 0) return
  process.exit(128 + constants.signals[signal])
}

/** From now on these signals end the process through its exit hooks. Returns what undoes it. */
export const exitOnSignals = (): (() => void) => {
  for (const signal of SIGNALS) process.once(signal, exitOnSignal)
  return () => {
    for (const signal of SIGNALS) process.off(signal, exitOnSignal)
  }
}
