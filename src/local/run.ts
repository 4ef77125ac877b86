/** Process of `npm start`: runs the shop until Ctrl-C, SIGTERM or SIGHUP, and then shuts it down gracefully. */
import { completeRegion, readSettings, type Settings, SettingsError } from '../composition/settings.ts'
import { createLinesLog, type Log } from '../core/log/log.ts'
import { StartError } from './start-error.ts'
import { superviseShop } from './supervised-shop.ts'

/** How long the end of a shop may take whose data folder is gone (ms). */
const STOP_MS = 10_000

const fail = (error: unknown): never => {
  const isExpected = error instanceof StartError || error instanceof SettingsError
  console.error(isExpected ? `cloudshelf: ${error.message}` : error)
  process.exit(1)
}

process.on('unhandledRejection', fail)

// Who reads the log may end before the shop. Without this, each line that cannot be written would be an uncaught error, which is
// logged, which cannot be written, and so on without end.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

/** Plain lines on a terminal, JSON elsewhere. */
const createLog = async ({ log: { level, service } }: Settings): Promise<Log> => {
  if (process.stdout.isTTY) return createLinesLog(level, line => void process.stdout.write(`${line}\n`))
  const { createJsonLog } = await import('../core/log/json-log.ts')
  return createJsonLog(level, service)
}

const exitWhen = (stopped: Promise<void>, code: number): void => {
  stopped.then(() => process.exit(code), fail)
}

try {
  await completeRegion(async () => (await import('../core/aws/profile.ts')).findProfileRegion())
  const settings = readSettings()
  const log = await createLog(settings)
  const shop = superviseShop(settings, log)
  process.off('unhandledRejection', fail)
  process.on('unhandledRejection', error => {
    shop.recover(error).then(isUp => {
      if (!isUp) exitWhen(shop.stop(), 1)
    }, fail)
  })
  // What threw in the middle of its work may have left anything behind: the shop finishes what it can, and ends.
  process.on('uncaughtException', error => {
    log.failure(error)
    exitWhen(shop.stop(), 1)
  })
  void shop.lost.then(error => {
    log.failure(error)
    exitWhen(shop.stop(), 1)
    setTimeout(() => process.exit(1), STOP_MS).unref()
  })
  let isStopping = false
  // Graceful shutdown, also while the shop is still starting.
  const shutDown = (): void => {
    if (isStopping) return
    isStopping = true
    log.event('shop', 'shutting down …')
    exitWhen(shop.stop(), 0)
  }
  process.on('SIGINT', shutDown)
  process.on('SIGTERM', shutDown)
  process.on('SIGHUP', shutDown)
  await shop.started
} catch (error) {
  fail(error)
}
