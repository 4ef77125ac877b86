/** `npm start`: the shop until Ctrl-C or SIGTERM. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Compiling, and taking the types out, is half of a start: what it gives is kept for the next. Hence nothing of ours is
// imported before this. A folder that cannot be written only means that each start compiles again.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)))
const { readSettings, SettingsError } = await import('../deps.ts')
const { startShop } = await import('./start.ts')
const { StartError } = await import('./start-error.ts')

const say = (line: string): void => console.log(line)

const fail = (error: unknown): never => {
  const expected = error instanceof StartError || error instanceof SettingsError
  console.error(expected ? `cloudshelf: ${error.message}` : error)
  process.exit(1)
}

process.on('unhandledRejection', fail)

try {
  const starting = startShop(readSettings(), say)
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    say('ending    …')
    starting.then(shop => shop.stop()).then(() => process.exit(0), fail)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  process.on('SIGHUP', end)
  await starting
} catch (error) {
  fail(error)
}
