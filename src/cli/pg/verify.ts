/** `cloudshelf pg verify`: compares every item of the tables with the projection. */
import { readSettings } from '../../composition/settings.ts'
import { RebuiltError, readParked } from '../../projection/positions.ts'
import { isClean, type Verification, type VerifyDeps, verify } from '../../projection/verify.ts'
import { CommandError, FAILED } from '../errors.ts'
import { counted, print, printJson } from '../output.ts'
import { startLine } from '../progress.ts'
import { withAurora } from './aurora.ts'
import { withProjection } from './with-projection.ts'

const NAMED = 20

export type VerifyCommandOptions = { readonly mend?: boolean; readonly json?: boolean }

/** Verifies, and shows how far it is. */
export const verifyWithProgress = async (projection: VerifyDeps, mend: boolean): Promise<Verification> => {
  const line = startLine()
  try {
    return await verify(projection, {
      mend,
      onProgress: items => line.show(`${counted(items, 'item')} compared`),
    })
  } catch (error) {
    throw error instanceof RebuiltError ? new CommandError(error.message) : error
  } finally {
    line.end()
  }
}

/** A line for each table, then the first items that differ. */
export const printVerification = ({ tables, search, differences, mended }: Verification): void => {
  const lines = [
    ...Object.entries(tables),
    ...(search ? [['search', { ...search, parked: 0 }] as const] : []),
  ]
  for (const [id, { items, missing, differ, extra, parked }] of lines)
    print(
      `${id.padEnd(8)}${String(items).padStart(9)} ${id === 'search' ? 'words' : 'items'}  ${missing} missing, ${differ} different, ${extra} extra${parked > 0 ? `, ${parked} left out` : ''}`,
    )
  for (const { kind, key } of differences)
    print(`${kind === 'differ' ? 'different' : kind}: ${key.table} ${Object.values(key.key).join(' ')}`)
  if (mended > 0) print(`${counted(mended, 'item')} applied again`)
}

export const runVerify = ({ mend = false, json }: VerifyCommandOptions): Promise<void> => {
  const run = async (projection: VerifyDeps): Promise<void> => {
    const since = performance.now()
    const result = await verifyWithProgress(projection, mend)
    const parked = await readParked(projection.sql, NAMED)
    if (!isClean(result) && !mend) process.exitCode = FAILED
    const seconds = Math.round((performance.now() - since) / 100) / 10
    if (json) return printJson({ ...result, seconds, left_out: parked })
    printVerification(result)
    for (const { tbl, name, why } of parked) print(`left out: ${tbl} ${name} (${why})`)
    const verdict = isClean(result) ? 'the same' : mend ? 'the same now' : 'NOT the same: run it with --mend'
    print(`PostgreSQL and the tables are ${verdict} (${seconds} s)`)
  }
  const { aurora } = readSettings()
  return aurora ? withAurora(aurora, run) : withProjection(run)
}
