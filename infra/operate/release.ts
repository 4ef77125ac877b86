/** The steps of a deployment, each of which may be done again: secrets, what outlives a release, files, CDN, functions. */
import { join } from 'node:path'
import { sentSecret } from '../../src/http/source.ts'
import { pagesFolder } from '../bundle.ts'
import { fetchNatives } from '../natives.ts'
import { type StageName, stageOf, tableNamesOf } from '../settings/stage.ts'
import { stackNames } from '../stacks.ts'
import { type Aws, OperatorError, openAws } from './aws.ts'
import { deploy, synthesize } from './cdk.ts'
import type { Secrets } from './secrets.ts'
import { uploadAssets } from './upload.ts'
import type { Words } from './words.ts'

const say = (line: string): void => console.log(`— ${line}`)

/** The Regions of the shop, the first one first. */
export const regionsOf = ({ options }: Words): Aws[] =>
  [options.region, ...(options.secondRegion ? [options.secondRegion] : [])].map(region => openAws(region))

const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version'

/** CDK puts what it uploads into a bucket of its own, made once for each Region. Throws OperatorError with the command that makes it. */
export const assertBootstrapped = async (regions: readonly Aws[], account: string): Promise<void> => {
  const all = [
    ...regions,
    ...(regions.some(({ region }) => region === 'us-east-1') ? [] : [openAws('us-east-1')]),
  ]
  const missing: string[] = []
  for (const aws of all) if ((await aws.parameters([BOOTSTRAP])).size === 0) missing.push(aws.region)
  if (missing.length > 0)
    throw new OperatorError(
      `CDK has not been here yet: npx cdk bootstrap ${missing.map(region => `aws://${account}/${region}`).join(' ')}`,
    )
}

/** When the second Region takes orders, its functions are woken by its own copies of the tables. */
const streamsOf = async (words: Words, regions: readonly Aws[]): Promise<Record<string, string>> => {
  const [, second] = regions
  if (words.options.active === 'first' || !second) return {}
  const names = tableNamesOf(stageOf(words.options.stage))
  const [books, control] = [await second.streamOf(names.books), await second.streamOf(names.control)]
  if (!books || !control) throw new OperatorError(`${second.region} has no copies of the tables with streams`)
  return { secondBooksStream: books, secondControlStream: control }
}

/** The templates and bundles of these options, ready to be deployed. `more` are options beside those that were typed. */
export const prepare = async (
  words: Words,
  regions: readonly Aws[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> => {
  say('functions: fetch what they need for arm64, and bundle')
  fetchNatives()
  const streams = await streamsOf(words, regions)
  synthesize({ ...words.context, ...streams, stage: words.options.stage, natives: 'lambda', ...more })
}

/** What CloudFront proves itself by, as a parameter of its stack. */
export const edgeParameter = (edge: string, proxy: string): string => `${edge}:ProxySecret=${proxy}`

/** Tables, buckets, gateway; then the pages' files; then the CDN; then what is called. Gives back the shop's address. */
export const release = async (words: Words, regions: readonly Aws[], { proxy }: Secrets): Promise<string> => {
  const names = stackNames(words.options)
  const two = words.options.secondRegion !== undefined
  const stores = [...(two ? [names.standbyStore] : []), names.store]
  say('tables and buckets')
  const made = deploy(stores)
  const client = join(await pagesFolder(), 'client')
  for (const [i, store] of [names.store, ...(two ? [names.standbyStore] : [])].entries()) {
    const [aws, bucket] = [regions[i], made[store]?.AssetsBucket]
    if (!aws || !bucket) throw new OperatorError(`${store} says of no bucket for the pages' files`)
    say(`${await uploadAssets(aws, bucket, client)} files of the pages, to ${bucket}`)
  }
  say('CDN')
  const { [names.edge]: edge } = deploy([names.edge], [edgeParameter(names.edge, sentSecret(proxy))])
  say('functions and routes')
  deploy([...(two ? [names.standbyShop] : []), names.shop])
  if (!edge?.Address) throw new OperatorError(`${names.edge} says of no address`)
  return edge.Address
}

/** The environment by which `cloudshelf` finds the tables of a stage. */
export const environmentFor = (stage: StageName, region: string): Record<string, string> => ({
  DYNAMODB_ENDPOINT: 'aws',
  AWS_REGION: region,
  ...Object.fromEntries(
    Object.entries(tableNamesOf(stageOf(stage))).map(([id, name]) => [
      `${id.toUpperCase()}_TABLE_NAME`,
      name,
    ]),
  ),
})
