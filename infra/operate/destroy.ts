/** `npm run destroy -- --context stage=dev --yes`: takes the shop out of the account again. Production's data stay. */
import { createInterface } from 'node:readline/promises'
import { stackNames } from '../settings/stack-names.ts'
import { getStage, type StageName } from '../settings/stage.ts'
import { runCommand } from './args.ts'
import { OperatorError } from './aws.ts'
import { destroy, synthesize } from './cdk.ts'
import { createRegions } from './release.ts'
import { removeSecrets } from './secrets.ts'

/** Throws OperatorError unless somebody typed the stage's name, or `--yes`. */
const confirm = async (stage: StageName, yes: boolean, what: string): Promise<void> => {
  if (yes) return
  if (!process.stdin.isTTY) throw new OperatorError(`${what}: --yes says that this is meant`)
  const asking = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await asking.question(`${what}. Type ${stage} to go on: `)
  asking.close()
  if (answer.trim() !== stage) throw new OperatorError('nothing was deleted')
}

await runCommand(async args => {
  const { context, yes } = args
  const options = { ...args.options, active: 'first' as const }
  const stage = getStage(options.stage)
  const regions = createRegions({ ...args, options })
  const account = await regions[0]?.account()
  const what = stage.keepsData
    ? `This deletes functions, routes and CDN of ${stage.name} in account ${account}; tables, buckets and secrets stay`
    : `This deletes all of ${stage.name} in account ${account}, with its books, accounts and orders, for good`
  await confirm(stage.name, yes, what)
  const names = stackNames(options)
  const two = options.secondRegion !== undefined
  synthesize({ ...context, stage: stage.name, active: 'first' })
  const stores = [names.store, ...(two ? [names.standbyStore] : [])]
  destroy([...(two ? [names.standbyShop] : []), names.shop])
  destroy([names.edge])
  if (stage.keepsData) {
    console.log(
      'Tables, buckets and secrets are where they were: docs/operations.md, "Deleting production" says how they go.',
    )
    return
  }
  for (const [i, store] of stores.entries()) {
    const aws = regions[i]
    for (const name of ['AssetsBucket', 'BlobsBucket']) {
      const bucket = (await aws?.stackOutputs(store))?.[name]
      if (aws && bucket) await aws.empty(bucket)
    }
  }
  destroy(stores)
  await removeSecrets(regions, stage)
  console.log(`${stage.name} is gone`)
})
