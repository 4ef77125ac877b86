/** The engine for a command: the running shop's if there is one, else one of its own for as long as it works. */
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DataFolder, readHolder, tryDataFolder } from './data-folder.ts'
import { type Engine, startEngine } from './engine.ts'
import { answers } from './engine-process.ts'
import { StartError } from './start-error.ts'

/** Where to send requests, until `close`; closing a shop's engine leaves it running. Idempotent. */
export type BorrowedEngine = { readonly endpoint: string; readonly close: () => Promise<void> }

const POLL_MS = 50
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ends the process as `signal` would have, but through its exit hooks, which take the engine along. */
const endBySignal = (signal: (typeof SIGNALS)[number]): void => {
  // A command with a handler of its own ends in order and calls close(); only without one is this ours to do.
  if (process.listenerCount(signal) > 0) return
  process.exit(128 + constants.signals[signal])
}

const ownEngine = async (folder: DataFolder): Promise<BorrowedEngine> => {
  // The engine has a process group of its own, so Ctrl-C on the terminal does not reach it.
  for (const signal of SIGNALS) process.once(signal, endBySignal)
  const giveUp = () => {
    for (const signal of SIGNALS) process.off(signal, endBySignal)
    folder.release()
  }
  let engine: Engine
  try {
    engine = await startEngine({ folder })
  } catch (error) {
    giveUp()
    throw error
  }
  let closed: Promise<void> | undefined
  return {
    endpoint: engine.endpoint,
    close: () => {
      closed ??= engine.stop().finally(giveUp)
      return closed
    },
  }
}

/**
 * An engine on the data folder `dir`. A shop lends its own. A command does not, as it ends it when it is done: a
 * second command waits for the first up to `waitMs`, and then starts its own.
 * Throws StartError when the folder cannot be written, another command keeps it longer than that, the holder's engine
 * does not answer, or none can be started.
 */
export const borrowEngine = async (dir: string, { waitMs = 10_000 } = {}): Promise<BorrowedEngine> => {
  const deadline = performance.now() + waitMs
  for (;;) {
    const folder = tryDataFolder(dir, 'command')
    if (folder) return await ownEngine(folder)
    const holder = readHolder(dir)
    if (holder?.kind === 'shop' && holder.endpoint !== undefined && (await answers(holder.endpoint)))
      return { endpoint: holder.endpoint, close: async () => {} }
    if (performance.now() > deadline) {
      const at = `the data folder ${resolve(dir)}`
      throw new StartError(
        holder?.kind === 'shop'
          ? `the shop (pid ${holder.pid}) holds ${at} but its engine does not answer: see what the shop says, or restart it`
          : `another command (pid ${holder?.pid ?? 'unknown'}) works on ${at}: wait until it has ended, ` +
              'or start the shop first, whose engine commands share',
      )
    }
    await sleep(POLL_MS)
  }
}
