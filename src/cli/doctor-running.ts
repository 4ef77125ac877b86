/** Doctor's checks of the running shop: whether it responds, which calls of its database fail, and whether its index follows the table. */
import * as z from 'zod'
import { memoryOption } from '../catalog/index/index-memory.ts'
import type { Settings } from '../composition/settings.ts'
import { readLockOwner } from '../local/data-folder.ts'
import type { Finding } from './doctor-checks.ts'

const Health = z.object({
  outages: z.array(z.object({ calls: z.string(), cause: z.string(), since: z.string() })).default([]),
  index: z.object({
    ready: z.boolean(),
    needed_megabytes: z.number().optional(),
    books: z.number(),
    age_seconds: z.number().nullable(),
  }),
  projection: z.object({ state: z.string(), lag_seconds: z.number().nullable() }).optional(),
})
type IndexHealth = z.infer<typeof Health>['index']

/** The index of a server reads the change log every second. That of a function rests with it: this is the limit of its alarm. */
const MAX_AGE_SECONDS = { here: 15, public: 900 }
/** A function may have to start. */
const TIMEOUT_MS = { here: 3_000, public: 15_000 }
type Place = keyof typeof TIMEOUT_MS

/** URL of a shop with these settings on this machine. */
export const localUrl = ({ host, port }: Settings): string => {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

/** Host names at which a shop is reached from its own machine alone. */
const LOCAL_HOST = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** A shop whose tables are elsewhere may run elsewhere too: it is asked at the URL that its customers use, where there is one. */
const placeOf = ({ endpoint, publicUrl }: Settings): Place =>
  endpoint === undefined || LOCAL_HOST.test(new URL(publicUrl).hostname) ? 'here' : 'public'

const readHealth = async (url: string, place: Place): Promise<z.infer<typeof Health> | undefined> => {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(TIMEOUT_MS[place]) })
    return Health.parse(await response.json())
  } catch {
    return undefined
  }
}

/** `forSale` is the number of books for sale in the table. */
export const checkRunningShop = async (settings: Settings, forSale: number): Promise<Finding[]> => {
  const what = 'index'
  const holder = settings.endpoint === undefined ? readLockOwner(settings.dataDir) : undefined
  if (settings.endpoint === undefined && holder?.kind !== 'shop')
    return [{ state: 'ok', what, found: 'the shop is not running' }]
  const place = placeOf(settings)
  const url = place === 'public' ? settings.publicUrl.replace(/\/$/, '') : localUrl(settings)
  const health = await readHealth(url, place)
  if (health)
    return [
      judgeOutages(health.outages),
      judge(health.index, forSale, place),
      ...(health.projection ? [judgeProjection(health.projection)] : []),
    ]
  if (place === 'public')
    return [
      {
        state: 'fail',
        what,
        found: `the shop does not respond at ${url}/api/health`,
        mend: 'set PUBLIC_URL to the address of the shop; if that is it, see docs/operations.md, "5xx"',
      },
    ]
  if (!holder) return [{ state: 'ok', what, found: `no shop responds at ${url}` }]
  return [
    {
      state: 'warn',
      what,
      found: `the shop (pid ${holder.pid}) does not respond at ${url}`,
      mend: 'set PORT and HOST to those of the shop, or restart it',
    },
  ]
}

const judgeOutages = (outages: z.infer<typeof Health>['outages']): Finding => {
  const what = 'database calls'
  if (outages.length === 0) return { state: 'ok', what, found: 'no call fails' }
  return {
    state: 'fail',
    what,
    found: outages.map(one => `${one.calls} fail since ${one.since} (${one.cause})`).join(', '),
    mend: 'the log of the shop has the words of the database, and what to do',
  }
}

/** What follows within a second is behind for longer only while it is filled or compared, or cannot be followed. */
const MAX_LAG_SECONDS = 30

const judgeProjection = ({
  state,
  lag_seconds: lag,
}: NonNullable<z.infer<typeof Health>['projection']>): Finding => {
  const what = 'PostgreSQL'
  const found = lag === null ? state : `${state}, ${lag} seconds behind`
  if (state === 'refused')
    return {
      state: 'fail',
      what,
      found,
      mend: 'it is another shop’s: see the log, or run `cloudshelf pg rebuild`',
    }
  if (state === 'waiting' || (state === 'following' && (lag ?? 0) > MAX_LAG_SECONDS))
    return {
      state: 'warn',
      what,
      found,
      mend: 'check that the server of DATABASE_URL runs; what changes meanwhile is applied when it does',
    }
  return { state: 'ok', what, found }
}

const judge = (
  { ready, books, age_seconds: age, needed_megabytes: needed }: IndexHealth,
  forSale: number,
  place: Place,
): Finding => {
  const what = 'index'
  if (needed !== undefined)
    return {
      state: 'fail',
      what,
      found: `its ${books} books need ${needed} MB, and the functions have less: search is off`,
      mend: `deploy with \`--context ${memoryOption(needed)}\``,
    }
  if (!ready || age === null)
    return { state: 'warn', what, found: 'still loading', mend: 'run `cloudshelf doctor` again in a minute' }
  const found = `${books} books, ${age} seconds old`
  if (age > MAX_AGE_SECONDS[place])
    return {
      state: 'warn',
      what,
      found,
      mend: 'it no longer follows the table: see the log of the shop, or restart it',
    }
  if (books !== forSale)
    return {
      state: 'warn',
      what,
      found: `${found}, but ${forSale} are for sale in the table`,
      mend: 'wait a minute, or run `cloudshelf doctor --reindex`',
    }
  return { state: 'ok', what, found }
}
