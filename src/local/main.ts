/** `npm start`: the shop until Ctrl-C or SIGTERM. */
import { readSettings, SettingsError } from '../deps.ts'
import { startShop } from './start.ts'
import { StartError } from './start-error.ts'

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
