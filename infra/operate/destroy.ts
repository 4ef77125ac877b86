/** Command `npm run destroy -- --context stage=dev --yes`: removes the shop from the account. Production data is retained. */
import { createInterface } from 'node:readline/promises'
import { stackNames } from '../settings/stack-names.ts'
import { getStage, type StageName } from '../settings/stage.ts'
import { runCommand } from './args.ts'
import { OperatorError } from './aws.ts'
import { destroy, synthesize } from './cdk.ts'
import { createRegions } from './release.ts'
import { removeSecrets } from './secrets.ts'

/** Asks for confirmation. Throws OperatorError unless the stage's name is typed or `--yes` is given. */
const confirm = async (stage: StageName, yes: boolean, what: string): Promise<void> => {
  if (yes) return
  if (!process.stdin.isTTY) throw new OperatorError(`${what}: confirm with --yes`)
  const asking = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await asking.question(`${what}. Type ${stage} to continue: `)
  asking.close()
  if (answer.trim() !== stage) throw new OperatorError('cancelled; nothing was deleted')
}

await runCommand(async args => {
  const { context, yes } = args
  const options = { ...args.options, active: 'first' as const }
  const stage = getStage(options.stage)
  const regions = createRegions({ ...args, options })
  const account = await regions[0]?.account()
  const what = stage.keepsData
    ? `This deletes functions, routes and CDN of ${stage.name} in account ${account}; tables, buckets and secrets are retained`
    : `This permanently deletes all of ${stage.name} in account ${account}, including its books, accounts and orders`
  await confirm(stage.name, yes, what)
  const names = stackNames(options)
  const two = options.secondRegion !== undefined
  synthesize({ ...context, stage: stage.name, active: 'first' })
  const stores = [names.store, ...(two ? [names.standbyStore] : [])]
  destroy([...(two ? [names.standbyShop] : []), names.shop])
  destroy([names.edge])
  if (stage.keepsData) {
    console.log(
      'Tables, buckets and secrets were retained; docs/operations.md, "Deleting production", explains how to delete them.',
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
  console.log(`${stage.name} has been deleted`)
})
