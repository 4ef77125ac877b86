/** Process of `npm start`: runs the shop until Ctrl-C, SIGTERM or SIGHUP, and then shuts it down gracefully. */
import { completeRegion, readSettings, type Settings, SettingsError } from '../composition/settings.ts'
import { createLinesLog, type Log } from '../core/log/log.ts'
import { startShop } from './start.ts'
import { StartError } from './start-error.ts'

const fail = (error: unknown): never => {
  const isExpected = error instanceof StartError || error instanceof SettingsError
  console.error(isExpected ? `cloudshelf: ${error.message}` : error)
  process.exit(1)
}

process.on('unhandledRejection', fail)

/** Plain lines on a terminal, JSON elsewhere. */
const createLog = async ({ log: { level, service } }: Settings): Promise<Log> => {
  if (process.stdout.isTTY) return createLinesLog(level, line => void process.stdout.write(`${line}\n`))
  const { createJsonLog } = await import('../core/log/json-log.ts')
  return createJsonLog(level, service)
}

try {
  await completeRegion(async () => (await import('../core/aws/profile.ts')).findProfileRegion())
  const settings = readSettings()
  const log = await createLog(settings)
  const starting = startShop(settings, log)
  let isStopping = false
  // Graceful shutdown, also while the shop is still starting.
  const shutDown = (): void => {
    if (isStopping) return
    isStopping = true
    log.event('shop', 'shutting down …')
    starting.then(shop => shop.stop()).then(() => process.exit(0), fail)
  }
  process.on('SIGINT', shutDown)
  process.on('SIGTERM', shutDown)
  process.on('SIGHUP', shutDown)
  await starting
} catch (error) {
  fail(error)
}
