/** What every function opens when it starts: its settings, its log, the way to the store, and its secrets. */

import { type BaseContext, createBaseContext } from '../composition/base.ts'
import { callObserver, createDatabase } from '../composition/clients.ts'
import { readSettings } from '../composition/settings.ts'
import { createJsonLog } from '../core/log/json-log.ts'
import { type Name, readSecrets, type Secrets } from './secrets.ts'

export const createFunctionBase = (settings = readSettings()): BaseContext => {
  const log = createJsonLog(settings.log.level, settings.log.service)
  return createBaseContext(settings, { db: createDatabase(settings, undefined, callObserver(log)), log })
}

/** The ground, and the `wanted` secrets: they are asked for first, so that everything else is opened while they come. */
export const createFunctionContext = <const Wanted extends Name>(
  wanted: readonly Wanted[],
): { readonly base: BaseContext; readonly secrets: Promise<Secrets<Wanted>> } => {
  const settings = readSettings()
  const secrets = readSecrets(settings, wanted)
  const base = createFunctionBase(settings)
  // Node loads its requests and answers when somebody names them: a tenth of a start, and better now than when one has come.
  void globalThis.Request
  return { base, secrets }
}
