/** Start of a function: settings, log, database client and secrets, shared by all functions. */
import { type BaseContext, createBaseContext } from '../composition/base.ts'
import { callObserver, createDatabase } from '../composition/clients.ts'
import { readSettings } from '../composition/settings.ts'
import { createJsonLog } from '../core/log/json-log.ts'
import { type Name, readSecrets, type Secrets } from './secrets.ts'

export const createFunctionBase = (settings = readSettings()): BaseContext => {
  const log = createJsonLog(settings.log.level, settings.log.service)
  return createBaseContext(settings, { db: createDatabase(settings, undefined, callObserver(log)), log })
}

/** The base and the `wanted` secrets. The secrets are requested first, so that everything else is created while they are on their way. */
export const createFunctionContext = <const Wanted extends Name>(
  wanted: readonly Wanted[],
): { readonly base: BaseContext; readonly secrets: Promise<Secrets<Wanted>> } => {
  const settings = readSettings()
  const secrets = readSecrets(settings, wanted)
  const base = createFunctionBase(settings)
  // Node loads Request and Response when they are first used: a tenth of a cold start, which runs while the secrets are awaited.
  void globalThis.Request
  return { base, secrets }
}
