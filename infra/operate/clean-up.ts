/** Deletion of a stage's data that no stack holds any more: tables, buckets and user pools, in each Region. */
import { getTableNames, type Stage } from '../settings/stage.ts'
import { findData, shopTag } from './adopt.ts'
import type { Aws } from './aws.ts'

export type CleanUpOptions = {
  /** Backs each table up first. */
  readonly finalBackup: boolean
  readonly now: Date
  readonly report: (line: string) => void
}

/** Days for which DynamoDB keeps a backup of its own of a deleted table that had point-in-time recovery. */
const SYSTEM_BACKUP_DAYS = 35

/** What of a stage's data there is, in words. */
export const describeData = async (regions: readonly Aws[], stage: Stage): Promise<string[]> => {
  const found = await Promise.all(
    regions.map(async aws => {
      const { tables, tagged } = await findData(aws, stage)
      return [
        ...[...tables.keys()].map(name => `table ${name} in ${aws.region}`),
        ...tagged.map(({ kind, id }) => `${kind} ${id} in ${aws.region}`),
      ]
    }),
  )
  return found.flat()
}

/**
 * Deletes the data of a stage: for good, but for backups. It can be interrupted and repeated. The first of `regions` has the tables,
 * the others their replicas.
 */
export const cleanUp = async (
  regions: readonly Aws[],
  stage: Stage,
  { finalBackup, now, report }: CleanUpOptions,
): Promise<void> => {
  const [first] = regions
  if (!first) return
  for (const name of Object.values(getTableNames(stage))) {
    if (!(await first.table(name))) continue
    const backup = `${name}-final-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`
    if (finalBackup) {
      await first.backUpTable(name, backup)
      report(`Backed ${name} up as ${backup}`)
    }
    // A replica has a protection of its own.
    for (const aws of regions.slice(1)) await aws.unprotectTable(name)
    await first.deleteTable(name)
    report(`Deleted table ${name}`)
  }
  if (stage.restorable)
    report(
      `DynamoDB keeps a backup of each table for ${SYSTEM_BACKUP_DAYS} days: aws dynamodb list-backups --backup-type SYSTEM --region ${first.region}`,
    )
  for (const aws of regions)
    for (const { kind, id } of await aws.tagged(shopTag(stage))) {
      await (kind === 'bucket' ? aws.deleteBucket(id) : aws.deleteUserPool(id))
      report(`Deleted ${kind} ${id}`)
    }
}
