/** `npm start`: the shop until Ctrl-C or SIGTERM. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Compiling, and taking the types out, is half of a start: what it gives is kept for the next. Hence nothing of ours is
// imported before this. A folder that cannot be written only means that each start compiles again.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)))
const { openLog, readSettings, SettingsError } = await import('../deps.ts')
const { startShop } = await import('./start.ts')
const { StartError } = await import('./start-error.ts')

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
