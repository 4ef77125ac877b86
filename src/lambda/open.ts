/** What every function opens when it starts: its settings, its log, the way to the store, and its secrets. */

import { type Ground, ground } from '../composition/base.ts'
import { openStore, readSettings, watchOf } from '../composition/settings.ts'
import { jsonLog } from '../core/log/json-log.ts'
import { type Name, readSecrets, type Secrets } from './secrets.ts'

export const openGround = (settings = readSettings()): Ground => {
  const log = jsonLog(settings.log.level, settings.log.service)
  return ground(settings, { db: openStore(settings, undefined, watchOf(log)), log })
}

/** The ground, and the `wanted` secrets: they are asked for first, so that everything else is opened while they come. */
export const openFunction = <const Wanted extends Name>(
  wanted: readonly Wanted[],
): { readonly base: Ground; readonly secrets: Promise<Secrets<Wanted>> } => {
  const settings = readSettings()
  const secrets = readSecrets(settings, wanted)
  const base = openGround(settings)
  // Node loads its requests and answers when somebody names them: a tenth of a start, and better now than when one has come.
  void globalThis.Request
  return { base, secrets }
}
