/** What the running shop says of itself: whether it answers, and how fresh its index is. */
import * as z from 'zod'
import type { Settings } from '../composition/settings.ts'
import { readHolder } from '../local/data-folder.ts'
import type { Finding } from './findings.ts'

const Health = z.object({
  index: z.object({ ready: z.boolean(), books: z.number(), age_seconds: z.number().nullable() }),
})

/** Changes are looked for every second. */
const OLD_SECONDS = 15
const TIMEOUT_MS = 3_000

/** Where a shop with these settings listens. */
const addressOf = ({ host, port }: Settings): string => {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

/** The finding about the index of the running shop; `forSale` books are on the shelf. */
export const indexFinding = async (settings: Settings, forSale: number): Promise<Finding> => {
  const what = 'index'
  const holder = settings.endpoint === undefined ? readHolder(settings.dataDir) : undefined
  if (settings.endpoint === undefined && holder?.kind !== 'shop')
    return { state: 'ok', what, found: 'no shop is running' }
  const address = addressOf(settings)
  const health = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    .then(async answer => Health.parse(await answer.json()))
    .catch(() => undefined)
  if (!health)
    return holder
      ? {
          state: 'warn',
          what,
          found: `the shop (pid ${holder.pid}) does not answer at ${address}`,
          mend: "set PORT and HOST to the shop's, or restart it",
        }
      : { state: 'ok', what, found: `no shop answers at ${address}` }
  return judged(health.index, forSale)
}

const judged = (
  { ready, books, age_seconds: age }: z.infer<typeof Health>['index'],
  forSale: number,
): Finding => {
  const what = 'index'
  if (!ready || age === null)
    return { state: 'warn', what, found: 'not ready yet', mend: 'wait, and look again' }
  const found = `${books} books, ${age} seconds old`
  if (age > OLD_SECONDS)
    return { state: 'warn', what, found, mend: 'see what the shop says: it no longer follows the change log' }
  if (books !== forSale)
    return {
      state: 'warn',
      what,
      found: `${found}; ${forSale} are for sale in the table`,
      mend: 'wait a minute, or run cloudshelf doctor --reindex',
    }
  return { state: 'ok', what, found }
}
