/** Scheduled backups: when one is due, what they are called, which of a folder are kept, and how they are doing. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

/** A time of day in a time zone. */
export type DailyTime = { readonly hour: number; readonly minute: number; readonly timeZone: string }

/** Minutes by which the clocks of the time zone are ahead of UTC at an instant. */
const offsetAt = (time: number, timeZone: string): number => {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(time)
  const part = (type: string): number => Number(parts.find(one => one.type === type)?.value)
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  return Math.round((local - time) / 60_000)
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The last time, at or before `now`, at which a backup was to begin. */
export const lastDue = (now: Date, { hour, minute, timeZone }: DailyTime): Date => {
  for (let day = now.getTime(); ; day -= DAY_MS) {
    const local = new Date(day + offsetAt(day, timeZone) * MINUTE_MS)
    const wall = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate(), hour, minute)
    // The offset of that time of day, which is another one on a day when the clocks change.
    const guess = wall - offsetAt(wall - offsetAt(day, timeZone) * MINUTE_MS, timeZone) * MINUTE_MS
    if (guess <= now.getTime()) return new Date(guess)
  }
}

const NAME = /^cloudshelf-(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z\.tar(\.age)?$/
const PARTIAL = /^cloudshelf-.*\.tar(\.age)?\.\d+\.partial(-items)?$/

/** The name of a backup that is begun at `now`. */
export const backupName = (now: Date, sealed: boolean): string =>
  `cloudshelf-${now.toISOString().slice(0, 19).replaceAll(':', '')}Z.tar${sealed ? '.age' : ''}`

export type BackupFile = { readonly file: string; readonly at: Date }

/** The scheduled backups in a folder, the oldest first; none where the folder does not exist. */
export const listBackups = (dir: string): readonly BackupFile[] => {
  let names: string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return names.sort().flatMap(name => {
    const [, day, hour, minute, second] = NAME.exec(name) ?? []
    return day === undefined
      ? []
      : [{ file: join(dir, name), at: new Date(`${day}T${hour}:${minute}:${second}Z`) }]
  })
}

/** Deletes all backups but the latest `keep`. Other files of the folder stay. Returns those that it deleted. */
export const deleteOldBackups = (dir: string, keep: number): readonly string[] => {
  const old = listBackups(dir).slice(0, -keep)
  for (const { file } of old) rmSync(file)
  return old.map(({ file }) => file)
}

/** Deletes what backups that were killed have left. Call it while none is being made. */
export const deletePartialBackups = (dir: string): void => {
  for (const name of readdirSync(dir)) if (PARTIAL.test(name)) rmSync(join(dir, name), { force: true })
}

const Failure = z.object({ at: z.iso.datetime(), reason: z.string() })
export type BackupFailure = z.infer<typeof Failure>

const failurePath = (dir: string): string => join(dir, 'last-failure.json')

/** Notes why the last backup failed, or with undefined that it did not. */
export const writeFailure = (dir: string, failure: BackupFailure | undefined): void => {
  if (failure) writeFileSync(failurePath(dir), `${JSON.stringify(failure)}\n`, { mode: 0o600 })
  else rmSync(failurePath(dir), { force: true })
}

const readFailure = (dir: string): BackupFailure | undefined => {
  try {
    return Failure.parse(JSON.parse(readFileSync(failurePath(dir), 'utf8')))
  } catch {
    return undefined
  }
}

export type BackupState = {
  /** `late`: none was made since the last time at which one was to begin. */
  readonly state: 'ok' | 'late'
  /** The latest backup; undefined: there is none. */
  readonly latest: BackupFile | undefined
  readonly due: Date
  /** Why the last one failed, if it did. */
  readonly failure: BackupFailure | undefined
}

/** A backup may take so long, and a shop may be started so long after one was due. */
const PATIENCE_MS = 2 * 60 * MINUTE_MS

/** How the scheduled backups of a folder are doing. */
export const readBackupState = (dir: string, now: Date, time: DailyTime): BackupState => {
  const due = lastDue(now, time)
  const latest = listBackups(dir).at(-1)
  const isMade = latest !== undefined && latest.at >= due
  const previous = lastDue(new Date(due.getTime() - 1), time)
  // Shortly after it was due, the one of the day before is enough.
  const isWaiting =
    now.getTime() - due.getTime() < PATIENCE_MS && latest !== undefined && latest.at >= previous
  return { state: isMade || isWaiting ? 'ok' : 'late', latest, due, failure: readFailure(dir) }
}
