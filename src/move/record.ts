/** Record of the move that was begun last, in a folder of its own with a lock: one run at a time. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { MOVE_STEPS } from './move.ts'

const Record = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  bucket: z.string().optional(),
  /** Whether it moves the shop back to where it came from. */
  isBack: z.boolean().optional(),
  started: z.string(),
  /** The step in which it is, or was cut off. */
  step: z.enum([...MOVE_STEPS, 'abandoned']),
  finished: z.string().optional(),
  items: z.number().optional(),
  pauseMs: z.number().optional(),
})
export type MoveRecord = z.infer<typeof Record>

const pathIn = (folder: string): string => join(folder, 'move.json')

/** Undefined where no move was begun. */
export const readMoveRecord = (folder: string): MoveRecord | undefined => {
  try {
    return Record.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces the record in one step. */
export const writeMoveRecord = (folder: string, record: MoveRecord): void => {
  const draft = `${pathIn(folder)}.new`
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, pathIn(folder))
}

/** Whether the move is over, so that another one may begin. */
export const isOver = ({ step }: MoveRecord): boolean => step === 'done' || step === 'abandoned'
