/** The steps of a deployment, each of which may be done again: secrets, what outlives a release, files, CDN, functions. */
import { join } from 'node:path'
import { sentSecret } from '#src/http/client-ip.ts'
import { pagesFolder } from '../bundle.ts'
import { fetchNativeDeps } from '../native-deps.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage, getTableNames, type StageName } from '../settings/stage.ts'
import type { Args } from './args.ts'
import { type Aws, createAws, OperatorError } from './aws.ts'
import { deploy, synthesize } from './cdk.ts'
import type { Secrets } from './secrets.ts'
import { uploadAssets } from './upload.ts'

const logStep = (line: string): void => console.log(`— ${line}`)

/** The Regions that a deployment speaks to, the one that takes orders first: the other is not asked when it has failed. */
export const createRegions = ({ options: { region, secondRegion, active } }: Args): Aws[] => {
  const all = active === 'first' || !secondRegion ? [region, secondRegion ?? []].flat() : [secondRegion]
  return all.map(one => createAws(one))
}

const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version'

/** CDK puts what it uploads into a bucket of its own, made once for each Region. Throws OperatorError with the command that makes it. */
export const assertBootstrapped = async (regions: readonly Aws[], account: string): Promise<void> => {
  const all = [
    ...regions,
    ...(regions.some(({ region }) => region === 'us-east-1') ? [] : [createAws('us-east-1')]),
  ]
  const missing: string[] = []
  for (const aws of all) if ((await aws.parameters([BOOTSTRAP])).size === 0) missing.push(aws.region)
  if (missing.length > 0)
    throw new OperatorError(
      `CDK has not been here yet: npx cdk bootstrap ${missing.map(region => `aws://${account}/${region}`).join(' ')}`,
    )
}

/** When the second Region takes orders, its functions are woken by its own copies of the tables. */
const findStandbyStreams = async (
  { options }: Args,
  [second]: readonly Aws[],
): Promise<Record<string, string>> => {
  if (options.active === 'first' || !second) return {}
  const names = getTableNames(getStage(options.stage))
  const [books, control] = [await second.streamOf(names.books), await second.streamOf(names.control)]
  if (!books || !control) throw new OperatorError(`${second.region} has no copies of the tables with streams`)
  return { secondBooksStream: books, secondControlStream: control }
}

/** The templates and bundles of these options, ready to be deployed. `more` are options beside those that were typed. */
export const prepareDeployment = async (
  args: Args,
  regions: readonly Aws[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> => {
  logStep('functions: fetch what they need for arm64, and bundle')
  fetchNativeDeps()
  const streams = await findStandbyStreams(args, regions)
  synthesize({ ...args.context, ...streams, stage: args.options.stage, natives: 'lambda', ...more })
}

/** What CloudFront proves itself by, as a parameter of its stack. */
export const edgeParameter = (edge: string, proxy: string): string => `${edge}:ProxySecret=${proxy}`

const readAddress = (edge: Readonly<Record<string, string>> | undefined): string => {
  if (!edge?.Address) throw new OperatorError('the CDN says of no address')
  return edge.Address
}

const releaseEdge = (args: Args, { proxy }: Secrets): string => {
  const { edge } = stackNames(args.options)
  logStep('CDN')
  return readAddress(deploy([edge], [edgeParameter(edge, sentSecret(proxy))])[edge])
}

/** Has the second Region take orders, whatever has become of the first. Gives back the shop's address. */
export const failOver = (args: Args, secrets: Secrets): string => {
  const { shop, standbyShop } = stackNames(args.options)
  const address = releaseEdge(args, secrets)
  logStep('functions of the second Region')
  deploy([standbyShop])
  logStep('functions of the first Region: they must rest')
  try {
    deploy([shop])
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    console.error(
      'The first Region could not be told. Do this again as soon as it is well: until then both send mails.',
    )
  }
  return address
}

/** Tables, buckets, gateway; then the pages' files; then the CDN; then what is called. Gives back the shop's address. */
export const release = async (args: Args, regions: readonly Aws[], secrets: Secrets): Promise<string> => {
  const names = stackNames(args.options)
  const two = args.options.secondRegion !== undefined
  logStep('tables and buckets')
  const made = deploy([...(two ? [names.standbyStore] : []), names.store])
  const client = join(await pagesFolder(), 'client')
  for (const [i, store] of [names.store, ...(two ? [names.standbyStore] : [])].entries()) {
    const [aws, bucket] = [regions[i], made[store]?.AssetsBucket]
    if (!aws || !bucket) throw new OperatorError(`${store} says of no bucket for the pages' files`)
    logStep(`${await uploadAssets(aws, bucket, client)} files of the pages, to ${bucket}`)
  }
  const address = releaseEdge(args, secrets)
  logStep('functions and routes')
  deploy([...(two ? [names.standbyShop] : []), names.shop])
  return address
}

/** The environment by which `cloudshelf` finds the tables of a stage. */
export const environmentFor = (stage: StageName, region: string): Record<string, string> => ({
  DYNAMODB_ENDPOINT: 'aws',
  AWS_REGION: region,
  ...Object.fromEntries(
    Object.entries(getTableNames(getStage(stage))).map(([id, name]) => [
      `${id.toUpperCase()}_TABLE_NAME`,
      name,
    ]),
  ),
})
