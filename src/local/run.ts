/** The shop until Ctrl-C or SIGTERM. */

import { readSettings, type Settings, SettingsError } from '../composition/settings.ts'
import { createLinesLog, type Log } from '../core/log/log.ts'
import { startShop } from './start.ts'
import { StartError } from './start-error.ts'

const fail = (error: unknown): never => {
  const expected = error instanceof StartError || error instanceof SettingsError
  console.error(expected ? `cloudshelf: ${error.message}` : error)
  process.exit(1)
}

process.on('unhandledRejection', fail)

/** Lines on a terminal, JSON where a machine reads it. */
const openLog = async ({ log: { level, service } }: Settings): Promise<Log> => {
  if (process.stdout.isTTY) return createLinesLog(level, line => void process.stdout.write(`${line}\n`))
  const { createJsonLog } = await import('../core/log/json-log.ts')
  return createJsonLog(level, service)
}

try {
  const settings = readSettings()
  const log = await openLog(settings)
  const starting = startShop(settings, log)
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    log.say('shop', 'ending …')
    starting.then(shop => shop.stop()).then(() => process.exit(0), fail)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  process.on('SIGHUP', end)
  await starting
} catch (error) {
  fail(error)
}
