/** Start of a function: settings, log, database client and secrets, shared by all functions. */
import { type BaseContext, createBaseContext } from '../composition/base.ts'
import { callObserver, createDatabase } from '../composition/clients.ts'
import {
  type Name,
  type ProviderSecret,
  type ProviderSecrets,
  readSecrets,
  type Secrets,
} from '../composition/function-secrets.ts'
import { usesStripe } from '../composition/payment-settings.ts'
import { readSettings, type Settings, SettingsError } from '../composition/settings.ts'
import { assertShopCurrency } from '../composition/shop-currency.ts'
import { createJsonLog } from '../core/log/json-log.ts'

const createBase = (settings: Settings): BaseContext => {
  const log = createJsonLog(settings.log.level, settings.log.service)
  const db = createDatabase(settings, undefined, callObserver(log), log)
  return createBaseContext(settings, { db, log })
}

/** Throws SettingsError where the shop has another currency. A database that does not respond is left to the requests. */
const checkCurrency = async (base: BaseContext): Promise<void> => {
  try {
    await assertShopCurrency(base, { mayChange: false })
  } catch (error) {
    if (error instanceof SettingsError) throw error
    base.report(error)
  }
}

/** The base of a function without secrets. Throws SettingsError. */
export const createFunctionBase = async (): Promise<BaseContext> => {
  const base = createBase(readSettings())
  await checkCurrency(base)
  return base
}

/**
 * The base and the `wanted` secrets, with those `ofProviders` where the shop uses the provider. The secrets are requested first, so that everything else is created while they are on their way;
 * the shop's currency is read at the same time, over the connection that the first request needs. `secrets` throws SettingsError.
 */
export const createFunctionContext = <const Wanted extends Name>(
  wanted: readonly Wanted[],
  ofProviders: readonly ProviderSecret[] = [],
): { readonly base: BaseContext; readonly secrets: Promise<Secrets<Wanted> & ProviderSecrets> } => {
  const settings = readSettings()
  const reading = readSecrets(settings, [...wanted, ...(usesStripe(settings) ? ofProviders : [])])
  const base = createBase(settings)
  const secrets = Promise.all([reading, checkCurrency(base)]).then(([found]) => found)
  // Node loads Request and Response when they are first used: a tenth of a cold start, which runs while the secrets are awaited.
  void globalThis.Request
  return { base, secrets }
}
