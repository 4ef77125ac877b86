/** Removal of a stage from its account: of production's data only where that is confirmed by the stage's name. */

import { withoutFiles } from '../settings/recorded-options.ts'
import { EDGE_REGION } from '../settings/region.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage, type Stage } from '../settings/stage.ts'
import { shopTag } from './adopt.ts'
import type { Args, ReadAgain } from './args.ts'
import { createAws, OperatorError } from './aws.ts'
import { destroy, synthesize } from './cdk.ts'
import { cleanUp, describeData } from './clean-up.ts'
import { confirm } from './confirm.ts'
import { dataStacks, deleteSnapshots, reportSnapshots, unprotectDatabases } from './database.ts'
import { readRecordedOptions } from './preflight.ts'
import { createRegions } from './release.ts'
import { removeSecrets } from './secrets.ts'
import { removeStripeSecrets } from './stripe-secrets.ts'

const describe = (
  { name }: Stage,
  account: string | undefined,
  {
    withData,
    data,
    hasDatabase,
  }: { readonly withData: boolean; readonly data: readonly string[]; readonly hasDatabase: boolean },
) =>
  withData
    ? `This permanently deletes all of ${name} in account ${account}, including its books, accounts and orders: ${data.join(', ')}`
    : `This deletes functions, routes and CDN of ${name} in account ${account}; tables, buckets, user pool and secrets are retained${hasDatabase ? ', and of PostgreSQL a snapshot' : ''}`

/** Removes a stage. Throws OperatorError where it is not confirmed. */
export const destroyShop = async (given: Args, readAgain: ReadAgain): Promise<void> => {
  // The stacks of the last deployment, if its options are not repeated.
  const last = await readRecordedOptions(createAws(EDGE_REGION), given.options.stage)
  const args = await readAgain(withoutFiles(last))
  const { context, flags } = args
  const options = { ...args.options, active: 'first' as const }
  const stage = getStage(options.stage)
  const regions = createRegions({ ...args, options })
  const account = await regions[0]?.account()
  const withData = flags['with-data'] === true || !stage.keepsData
  const data = withData ? await describeData(regions, stage) : []
  await confirm(describe(stage, account, { withData, data, hasDatabase: options.reports !== undefined }), {
    word: stage.name,
    // Production's data needs more than a yes.
    isGiven: flags.confirm === stage.name || (flags.yes === true && !(withData && stage.keepsData)),
    hint: withData && stage.keepsData ? `--confirm ${stage.name}` : '--yes',
  })
  const names = stackNames(options)
  const two = options.secondRegion !== undefined
  synthesize({ ...context, stage: stage.name, active: 'first' })
  destroy([...(two ? [names.standbyShop] : []), names.shop])
  if (options.reports !== undefined) {
    await unprotectDatabases(regions, stage.name)
    for (const [i, name] of dataStacks(options).toReversed().entries()) await regions[i]?.allowDeletion(name)
    destroy(dataStacks(options))
  }
  destroy([names.edge])
  const report = (line: string): void => console.log(`— ${line}`)
  if (!withData) {
    if (options.reports !== undefined) await reportSnapshots(regions, stage.name, report)
    console.log(
      'Tables, buckets, user pool and secrets were retained. `npm run deploy` uses them again; with --with-data this command deletes them.',
    )
    return
  }
  const stores = [names.store, ...(two ? [names.standbyStore] : [])]
  for (const [i, store] of stores.entries()) {
    const aws = regions[i]
    await aws?.allowDeletion(store)
    // CloudFormation deletes empty buckets only.
    for (const { kind, id } of stage.keepsData ? [] : ((await aws?.tagged(shopTag(stage))) ?? []))
      if (kind === 'bucket') await aws?.empty(id)
  }
  destroy(stores)
  await cleanUp(regions, stage, {
    finalBackup: flags['final-backup'] === true,
    now: new Date(),
    report,
  })
  // Also one that stayed when the option was switched off.
  if (flags['final-backup'] !== true) await deleteSnapshots(regions, stage.name, report)
  await removeSecrets(regions, stage)
  await removeStripeSecrets(regions, stage)
  // The options of the last deployment went with the CDN's stack, and the Regions with them.
  if (!last && data.length === 0)
    throw new OperatorError(
      `no table and no bucket of ${stage.name} was found in ${regions.map(({ region }) => region).join(' and ')}: if it was in another Region, repeat the command with --context region=… and secondRegion=…`,
    )
  console.log(`${stage.name} has been deleted`)
}
