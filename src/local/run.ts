/** The shop until Ctrl-C or SIGTERM. */
import { openLog, readSettings, SettingsError } from '../deps.ts'
import { startShop } from './start.ts'
import { StartError } from './start-error.ts'

const fail = (error: unknown): never => {
  const expected = error instanceof StartError || error instanceof SettingsError
  console.error(expected ? `cloudshelf: ${error.message}` : error)
  process.exit(1)
}

process.on('unhandledRejection', fail)

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
