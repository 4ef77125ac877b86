/** PostgreSQL of a stage in its deployments: the streams that its second Region follows, its stacks, and its removal. */

import type { TableId } from '#src/tables/definitions.ts'
import type { Options } from '../settings/options.ts'
import type { RecordedOptions } from '../settings/recorded-options.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getDatabaseIdentifier, getStage, getTableNames } from '../settings/stage.ts'
import { type Aws, OperatorError } from './aws.ts'

const STREAM_OPTIONS = {
  books: 'secondBooksStream',
  control: 'secondControlStream',
  orders: 'secondOrdersStream',
  carts: 'secondCartsStream',
  users: 'secondUsersStream',
} as const satisfies Record<TableId, keyof Options>

const isNeeded = (id: TableId, { active, reports }: Options): boolean =>
  reports !== undefined || (active === 'second' && (id === 'books' || id === 'control'))

/**
 * Stream ARNs of the second Region's table replicas: those that trigger its functions while it is active, and those that its own PostgreSQL follows
 * always. Throws OperatorError where the second Region is to be active and has none.
 */
export const findStandbyStreams = async (
  options: Options,
  regions: readonly Aws[],
): Promise<Record<string, string>> => {
  const second = regions.find(({ region }) => region === options.secondRegion)
  if (!second) return {}
  const names = getTableNames(getStage(options.stage))
  const found: Record<string, string> = {}
  for (const [id, option] of Object.entries(STREAM_OPTIONS) as [TableId, string][]) {
    if (!isNeeded(id, options)) continue
    const stream = (await second.table(names[id]))?.stream
    if (stream) found[option] = stream
  }
  if (options.active === 'second' && !(found.secondBooksStream && found.secondControlStream))
    throw new OperatorError(`${second.region} has no table replicas with streams`)
  return found
}

/** The stacks with PostgreSQL of these options, in the order of creation. */
export const dataStacks = (options: Options): string[] => {
  const { data, standbyData } = stackNames(options)
  if (options.reports === undefined) return []
  return options.secondRegion === undefined ? [data] : [standbyData, data]
}

/** Whether the second Region gets PostgreSQL before its table replicas, whose streams it follows, were there to be found. */
export const needsStreamsLater = (options: Options, last: RecordedOptions | undefined): boolean =>
  options.reports !== undefined &&
  options.secondRegion !== undefined &&
  last?.secondRegion !== options.secondRegion

/** What is to be done by hand after this deployment: PostgreSQL is filled once in each Region. */
export const adviseOnReports = (
  { reports, secondRegion }: Pick<Options, 'reports' | 'secondRegion'>,
  last: RecordedOptions | undefined,
): string[] => {
  if (reports === undefined) return []
  const isNew = last?.reports === undefined
  return [
    ...(isNew
      ? [
          'PostgreSQL is empty, and reports answer 503 until it is filled: with these variables, run `npx cloudshelf pg backfill`, then `npx cloudshelf pg verify`.',
        ]
      : []),
    ...(secondRegion !== undefined && (isNew || last.secondRegion !== secondRegion)
      ? ['Each Region has a PostgreSQL of its own: fill each with the variables of its Region.']
      : []),
    ...(reports === 'live' && last?.reports !== 'live'
      ? [
          'With reports=live each change wakes the database, which is paid for while it is awake: docs/cost.md.',
        ]
      : []),
  ]
}

/** Lets the clusters of a stage be deleted. */
export const unprotectDatabases = async (regions: readonly Aws[], stage: Options['stage']): Promise<void> => {
  for (const aws of regions) await aws.unprotectDatabase(getDatabaseIdentifier(getStage(stage)))
}

/**
 * Removes PostgreSQL where the last deployment had it and this one has not; nothing uses it any more. Of production's a snapshot stays, whose name is
 * reported.
 */
export const removeDatabases = async (
  regions: readonly Aws[],
  options: Options,
  last: RecordedOptions | undefined,
  report: (line: string) => void,
): Promise<void> => {
  if (options.reports !== undefined || last?.reports === undefined) return
  const { data, standbyData } = stackNames(options)
  for (const aws of regions) {
    const name = aws.region === options.secondRegion ? standbyData : data
    if (!(await aws.stack(name))) continue
    report(`Removing ${name}`)
    await aws.unprotectDatabase(getDatabaseIdentifier(getStage(options.stage)))
    await aws.removeStack(name)
  }
  await reportSnapshots(regions, options.stage, report)
}

/** Names the snapshots that a removal left. */
export const reportSnapshots = async (
  regions: readonly Aws[],
  stage: Options['stage'],
  report: (line: string) => void,
): Promise<void> => {
  for (const aws of regions)
    for (const name of await aws.databaseSnapshots(getDatabaseIdentifier(getStage(stage))))
      report(`Snapshot ${name} of PostgreSQL is kept in ${aws.region}`)
}

/** Deletes the snapshots of a stage. */
export const deleteSnapshots = async (
  regions: readonly Aws[],
  stage: Options['stage'],
  report: (line: string) => void,
): Promise<void> => {
  for (const aws of regions)
    for (const name of await aws.databaseSnapshots(getDatabaseIdentifier(getStage(stage)))) {
      await aws.deleteDatabaseSnapshot(name)
      report(`Deleted snapshot ${name} in ${aws.region}`)
    }
}
