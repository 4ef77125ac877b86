/**
 * List of erased accounts beside the scheduled backups, `erasures.jsonl`: a backup does not know of the erasures after it, so
 * `cloudshelf resume` takes them from here. It holds ids of accounts that no longer exist, and nothing else about them.
 */
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { BackupError } from './format.ts'

const Line = z.object({ user_id: z.string().min(1), at: z.iso.datetime() })
export type Erasure = z.infer<typeof Line>

export const erasureListPath = (backupDir: string): string => join(backupDir, 'erasures.jsonl')

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** The erasures in a list; none where there is no such file. A last line that was cut off is left out. Throws BackupError. */
export const readErasures = async (file: string): Promise<readonly Erasure[]> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw new BackupError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  })
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, i) => {
    try {
      return Line.parse(JSON.parse(line))
    } catch (error) {
      throw new BackupError(`line ${i + 1} of ${file} is not an erasure: repair or remove it`, {
        cause: error,
      })
    }
  })
}

/** Appends erasures to the list, which is on the disk then. */
export const appendErasures = async (backupDir: string, erasures: readonly Erasure[]): Promise<void> => {
  if (erasures.length === 0) return
  await mkdir(backupDir, { recursive: true, mode: 0o700 })
  const handle = await open(erasureListPath(backupDir), 'a', 0o600)
  try {
    await handle.appendFile(erasures.map(one => `${JSON.stringify(one)}\n`).join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Appends what the list lacks: erasures that it could not take when they happened. */
export const completeErasures = async (backupDir: string, erasures: readonly Erasure[]): Promise<void> => {
  const listed = new Set((await readErasures(erasureListPath(backupDir))).map(one => one.user_id))
  await appendErasures(
    backupDir,
    erasures.filter(one => !listed.has(one.user_id)),
  )
}
