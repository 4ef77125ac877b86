/** Access of a command to the shop: its dependencies over the database of the settings, or of the data folder. */
import { userInfo } from 'node:os'
import { createCommandBlobs, createDatabase } from '../composition/clients.ts'
import { readSettings, type Settings } from '../composition/settings.ts'
import { createDeps, type Deps } from '../composition/shop.ts'
import { assertShopCurrency } from '../composition/shop-currency.ts'
import { newSecret } from '../core/ids.ts'
import { createLinesLog } from '../core/log/log.ts'
import { createJournal } from '../local/journal/journal.ts'
import { assertNotMoved } from '../local/moved-shop.ts'
import { acquireEngine } from '../local/shared-engine.ts'
import type { HostedProvider } from '../payments/provider.ts'
import { createTables } from '../tables/provision.ts'
import { note } from './output.ts'

/** The actor of a command in the audit trail: `command-line`, with the user of the system where there is a name. */
export const commandLineActor = (): string => {
  try {
    return `command-line:${userInfo().username}`
  } catch {
    return 'command-line' // a container may run as a user without a name
  }
}

export type WithDepsOptions = {
  /**
   * Whether the command works on a shop: missing tables of the embedded engine are created first, and the currency of the settings
   * must be the shop's, as at its start. Default: true.
   */
  readonly needsShop?: boolean
  /** The payment providers that the command asks; by default none. */
  readonly providers?: (settings: Settings) => readonly HostedProvider[]
}

/**
 * Calls `work` with the dependencies of the shop, and closes them afterwards. Without DYNAMODB_ENDPOINT it shares the engine of the
 * running shop, or runs one on the data folder for as long as `work` takes. Throws StartError and SettingsError.
 */
export const withDeps = async <T>(
  work: (deps: Deps) => Promise<T>,
  { needsShop = true, providers }: WithDepsOptions = {},
): Promise<T> => {
  const settings = readSettings()
  const onCopied = (copy: string) =>
    note(`cloudshelf: the data is from an earlier release: copied to ${copy} first`)
  const engine =
    settings.endpoint === undefined ? await acquireEngine(settings.dataDir, { onCopied }) : undefined
  try {
    const journal = createJournal(settings.dataDir, settings.names)
    const db = createDatabase(settings, engine && (() => engine.endpoint), undefined, undefined, journal)
    try {
      if (engine && needsShop) await createTables(db, settings.names)
      const deps = createDeps(settings, {
        db,
        blobs: createCommandBlobs(settings),
        secret: newSecret(), // commands make neither sessions nor cursors, so any secret will do
        log: createLinesLog('errors', note),
        providers: providers?.(settings),
      })
      if (needsShop) await assertNotMoved(db, settings.names.control)
      if (needsShop) await assertShopCurrency(deps, { mayChange: true })
      return await work(deps)
    } finally {
      await db.close()
      journal.close()
    }
  } finally {
    await engine?.close()
  }
}
