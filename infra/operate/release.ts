/** Steps of a deployment, each repeatable: secrets, store stack, files, CDN, functions. */
import { join } from 'node:path'
import { proxySecretToSend } from '#src/http/client-ip.ts'
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

/** Regions of the deployment, the active one first; during a failover only the second, because the first may be down. */
export const createRegions = ({ options: { region, secondRegion, active } }: Args): Aws[] => {
  const all = active === 'first' || !secondRegion ? [region, secondRegion ?? []].flat() : [secondRegion]
  return all.map(one => createAws(one))
}

const BOOTSTRAP = '/cdk-bootstrap/hnb659fds/version'

/** Checks that CDK is bootstrapped in each Region. Throws OperatorError with the command that does it. */
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

/** Stream ARNs of the second Region's table replicas, which trigger its functions while it is active. */
const findStandbyStreams = async (
  { options }: Args,
  [second]: readonly Aws[],
): Promise<Record<string, string>> => {
  if (options.active === 'first' || !second) return {}
  const names = getTableNames(getStage(options.stage))
  const [books, control] = [await second.findStream(names.books), await second.findStream(names.control)]
  if (!books || !control) throw new OperatorError(`${second.region} has no table replicas with streams`)
  return { secondBooksStream: books, secondControlStream: control }
}

/** Creates templates and bundles for these options; `more` adds options to those given. */
export const prepareDeployment = async (
  args: Args,
  regions: readonly Aws[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> => {
  logStep('Bundling functions for arm64')
  fetchNativeDeps()
  const streams = await findStandbyStreams(args, regions)
  synthesize({ ...args.context, ...streams, stage: args.options.stage, natives: 'lambda', ...more })
}

/** Stack parameter with the secret that authenticates CloudFront. */
export const edgeParameter = (edge: string, proxy: string): string => `${edge}:ProxySecret=${proxy}`

const readAddress = (edge: Readonly<Record<string, string>> | undefined): string => {
  if (!edge?.Address) throw new OperatorError('the edge stack has no output Address')
  return edge.Address
}

const releaseEdge = (args: Args, { proxy }: Secrets): string => {
  const { edge } = stackNames(args.options)
  logStep('CDN')
  return readAddress(deploy([edge], [edgeParameter(edge, proxySecretToSend(proxy))])[edge])
}

/** Makes the second Region active, whatever the state of the first. Returns the shop's URL. */
export const failOver = (args: Args, secrets: Secrets): string => {
  const { shop, standbyShop } = stackNames(args.options)
  const address = releaseEdge(args, secrets)
  logStep('Deploying functions of the second Region')
  deploy([standbyShop])
  logStep('Deactivating functions of the first Region')
  try {
    deploy([shop])
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    console.error(
      'The first Region could not be deactivated. Repeat this command as soon as it is available: until then both Regions send emails.',
    )
  }
  return address
}

/** Deploys the store, uploads the pages' files, then deploys the CDN and the functions. Returns the shop's URL. */
export const release = async (args: Args, regions: readonly Aws[], secrets: Secrets): Promise<string> => {
  const names = stackNames(args.options)
  const two = args.options.secondRegion !== undefined
  logStep('Deploying tables and buckets')
  const made = deploy([...(two ? [names.standbyStore] : []), names.store])
  const client = join(await pagesFolder(), 'client')
  for (const [i, store] of [names.store, ...(two ? [names.standbyStore] : [])].entries()) {
    const [aws, bucket] = [regions[i], made[store]?.AssetsBucket]
    if (!aws || !bucket) throw new OperatorError(`${store} has no output AssetsBucket`)
    logStep(`Uploaded ${await uploadAssets(aws, bucket, client)} page files to ${bucket}`)
  }
  const address = releaseEdge(args, secrets)
  logStep('Deploying functions and routes')
  deploy([...(two ? [names.standbyShop] : []), names.shop])
  return address
}

/** Environment in which the `cloudshelf` command uses the tables of a stage. */
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
