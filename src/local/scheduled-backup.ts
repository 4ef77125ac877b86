/**
 * Scheduled backups of a shop on one server: one a day, made by `cloudshelf backup` in a process of its own, so that the shop's own
 * goes on answering. The command verifies what it has written; only then are old backups deleted.
 */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { completeErasures, type Erasure } from '../backup/erasure-list.ts'
import {
  backupName,
  deleteOldBackups,
  deletePartialBackups,
  lastDue,
  listBackups,
  writeFailure,
} from '../backup/schedule.ts'
import type { Settings } from '../composition/settings.ts'
import type { Deps } from '../composition/shop.ts'
import { tombstones } from '../privacy/erase.ts'

const COMMAND = fileURLToPath(new URL('../cli/main.js', import.meta.url))
const RETRY_MS = 3_600_000

/** Makes a backup by the command line. Resolves to the reason of a failure, or undefined. */
export type MakeBackup = (
  file: string,
  settings: Settings,
  signal: AbortSignal,
) => Promise<string | undefined>

const lastLine = (output: string): string =>
  output
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^cloudshelf: /, '') ?? ''

const makeBackup: MakeBackup = async (file, { backup: { passphraseFile } }, signal) => {
  const sealed = passphraseFile === undefined ? [] : ['--passphrase-file', passphraseFile]
  const child = spawn(process.execPath, [COMMAND, 'backup', file, '--json', ...sealed], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env },
    signal,
  })
  child.on('error', () => {}) // aborted, or not started: the code below says so
  if (child.pid !== undefined)
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    } catch {
      // Where priorities are not allowed, it has that of the shop.
    }
  const errors = text(child.stderr)
  const code = await new Promise<number | null>(done => {
    child.once('close', done)
    child.once('error', () => done(null))
  })
  if (code === 0) return undefined
  return lastLine(await errors.catch(() => '')) || `the command ended with ${code ?? 'a signal'}`
}

export type ScheduledBackups = {
  /** Makes a backup if one is due and the last attempt is not too recent. Reports a failure, and never rejects for one. */
  readonly run: () => Promise<void>
}

/** The scheduled backups of a shop; undefined where BACKUP_DIR is not set. */
export const createScheduledBackups = (
  deps: Pick<Deps, 'settings' | 'db' | 'names' | 'log' | 'now' | 'isQuiet'>,
  signal: AbortSignal,
  make: MakeBackup = makeBackup,
): ScheduledBackups | undefined => {
  const { settings, log, now } = deps
  const { dir, keep, time, passphraseFile } = settings.backup
  if (dir === undefined) return undefined
  const daily = { ...time, timeZone: settings.shop.timeZone }
  let failedAt = Number.NEGATIVE_INFINITY

  const fail = (reason: string): void => {
    failedAt = now().getTime()
    log.failure(new Error(`the scheduled backup failed: ${reason}. It is tried again in an hour`))
    writeFailure(dir, { at: now().toISOString(), reason })
  }

  const backUp = async (): Promise<void> => {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    deletePartialBackups(dir)
    const erased: Erasure[] = []
    for await (const { userId, at } of tombstones(deps)) erased.push({ user_id: userId, at })
    await completeErasures(dir, erased)
    const file = join(dir, backupName(now(), passphraseFile !== undefined))
    const reason = await make(file, settings, signal)
    if (signal.aborted) return
    if (reason !== undefined) return fail(reason)
    writeFailure(dir, undefined)
    const deleted = deleteOldBackups(dir, keep)
    log.event(
      'backup',
      `${file} written and verified${deleted.length > 0 ? `, ${deleted.length} old deleted` : ''}`,
    )
  }

  return {
    run: async () => {
      const isDue = (listBackups(dir).at(-1)?.at ?? new Date(0)) < lastDue(now(), daily)
      if (!isDue || now().getTime() - failedAt < RETRY_MS || (await deps.isQuiet())) return
      try {
        await backUp()
      } catch (error) {
        failedAt = now().getTime()
        log.failure(error)
      }
    },
  }
}
