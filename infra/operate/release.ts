/** Steps of a deployment, each repeatable: secrets, store stack, files, CDN, functions. */
import { join } from 'node:path'
import { proxySecretToSend } from '#src/http/client-ip.ts'
import { pagesFolder } from '../bundle.ts'
import { fetchNativeDeps } from '../native-deps.ts'
import { inputsParameter, type StackOutputs } from '../settings/fingerprint.ts'
import type { RecordedOptions } from '../settings/recorded-options.ts'
import { EDGE_REGION } from '../settings/region.ts'
import { stackNames } from '../settings/stack-names.ts'
import { createCommandEnvironment } from '../shop/environment.ts'
import type { Args } from './args.ts'
import { type Aws, createAws, OperatorError } from './aws.ts'
import { CDK_QUALIFIER } from './calls.ts'
import { deploy, synthesize } from './cdk.ts'
import { copyCovers } from './covers.ts'
import { dataStacks, findStandbyStreams, needsStreamsLater, removeDatabases } from './database.ts'
import { readMaintenance } from './maintenance-page.ts'
import type { Secrets } from './secrets.ts'
import { uploadAssets } from './upload.ts'

const logStep = (line: string): void => console.log(`— ${line}`)

/** Regions of the deployment, the active one first; during a failover only the second, because the first may be down. */
export const createRegions = ({ options: { region, secondRegion, active } }: Args): Aws[] => {
  const all = active === 'first' || !secondRegion ? [region, secondRegion ?? []].flat() : [secondRegion]
  return all.map(one => createAws(one))
}

/** A Region with its bucket of covers. */
type RegionCovers = { readonly aws: Aws; readonly bucket: string }

const BOOTSTRAP = `/cdk-bootstrap/${CDK_QUALIFIER}/version`

/** Checks that CDK is bootstrapped in each Region. Throws OperatorError with the command that does it. */
export const assertBootstrapped = async (regions: readonly Aws[], account: string): Promise<void> => {
  const all = [
    ...regions,
    ...(regions.some(({ region }) => region === EDGE_REGION) ? [] : [createAws(EDGE_REGION)]),
  ]
  const missing: string[] = []
  for (const aws of all) if ((await aws.parameters([BOOTSTRAP])).size === 0) missing.push(aws.region)
  if (missing.length > 0)
    throw new OperatorError(
      `CDK has not been here yet: npx cdk bootstrap ${missing.map(region => `aws://${account}/${region}`).join(' ')}`,
    )
}

/** Creates templates and bundles for these options; `more` adds options to those given. */
export const prepareDeployment = async (
  args: Args,
  regions: readonly Aws[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> => {
  logStep('Bundling functions for arm64')
  fetchNativeDeps()
  const streams = await findStandbyStreams(args.options, regions)
  synthesize({ ...args.context, ...streams, stage: args.options.stage, natives: 'lambda', ...more })
}

/** Stack parameter with the secret that authenticates CloudFront. */
export const edgeParameter = (edge: string, proxy: string): string => `${edge}:ProxySecret=${proxy}`

const readAddress = (edge: Readonly<Record<string, string>> | undefined): string => {
  if (!edge?.Address) throw new OperatorError('the edge stack has no output Address')
  return edge.Address
}

/** `read`: outputs of the stacks that it reads; without them its inputs stay as they are. */
const releaseEdge = async (args: Args, { proxy }: Secrets, read?: StackOutputs): Promise<StackOutputs> => {
  const { edge } = stackNames(args.options)
  const keepMaintenance = await readMaintenance(createAws(EDGE_REGION), args.options.stage)
  logStep('CDN')
  const inputs = read ? [inputsParameter(edge, read)] : []
  try {
    return deploy([edge], [edgeParameter(edge, proxySecretToSend(proxy)), ...inputs])
  } finally {
    await keepMaintenance()
  }
}

/** Makes the second Region active, whatever the state of the first. Returns the shop's URL. */
export const failOver = async (args: Args, secrets: Secrets): Promise<string> => {
  const { edge, shop, standbyShop } = stackNames(args.options)
  const address = readAddress((await releaseEdge(args, secrets))[edge])
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

/**
 * Copies covers to a Region that the last deployment did not have, and back from one that was active: replication copies only what
 * is written while it is there, and only to the second Region. The options are recorded after it, so that it is repeated if it is cut off.
 */
const copyMissingCovers = async (
  [first, second]: readonly RegionCovers[],
  { secondRegion }: Args['options'],
  last: RecordedOptions | undefined,
): Promise<void> => {
  if (!first || !second) return
  if (last?.secondRegion !== secondRegion)
    logStep(`Copied ${await copyCovers(first, second, logStep)} covers to ${second.aws.region}`)
  if (last?.active === 'second')
    logStep(`Copied ${await copyCovers(second, first, logStep)} covers to ${first.aws.region}`)
}

export type ReleaseGiven = {
  /** Options of the last deployment. */
  readonly last: RecordedOptions | undefined
  /** Creates the templates again. */
  readonly prepare: () => Promise<void>
}

/**
 * Deploys the store and PostgreSQL, uploads the pages' files, copies covers, then deploys the CDN and the functions. Returns the shop's URL.
 */
export const release = async (
  args: Args,
  regions: readonly Aws[],
  secrets: Secrets,
  { last, prepare }: ReleaseGiven,
): Promise<string> => {
  const names = stackNames(args.options)
  const two = args.options.secondRegion !== undefined
  logStep('Deploying tables and buckets')
  const made: StackOutputs = { ...deploy([...(two ? [names.standbyStore] : []), names.store]) }
  if (needsStreamsLater(args.options, last)) await prepare()
  const dataNames = dataStacks(args.options)
  if (dataNames.length > 0) {
    logStep('Deploying PostgreSQL')
    Object.assign(made, deploy(dataNames))
  }
  const client = join(await pagesFolder(), 'client')
  const sides: RegionCovers[] = []
  for (const [i, store] of [names.store, ...(two ? [names.standbyStore] : [])].entries()) {
    const [aws, { AssetsBucket: assets, BlobsBucket: bucket } = {}] = [regions[i], made[store]]
    if (!aws || !assets || !bucket)
      throw new OperatorError(`${store} must have the outputs AssetsBucket and BlobsBucket`)
    logStep(`Uploaded ${await uploadAssets(aws, assets, client)} page files to ${assets}`)
    sides.push({ aws, bucket })
  }
  await copyMissingCovers(sides, args.options, last)
  const read = { ...made, ...(await releaseEdge(args, secrets, made)) }
  logStep('Deploying functions and routes')
  const shops = [...(two ? [names.standbyShop] : []), names.shop]
  deploy(
    shops,
    shops.map(shop => inputsParameter(shop, read)),
  )
  await removeDatabases(regions, args.options, last, logStep)
  return readAddress(read[names.edge])
}

/** Environment in which the `cloudshelf` command works on the shop at `address`, in the Region that is active. */
export const commandEnvironment = async (
  { options }: Args,
  active: Aws,
  address: string,
): Promise<Record<string, string>> => {
  const names = stackNames(options)
  const [stack, data, shop] =
    options.active === 'second'
      ? [names.standbyStore, names.standbyData, names.standbyShop]
      : [names.store, names.data, names.shop]
  const { BlobsBucket: bucketName } = await active.stackOutputs(stack)
  if (!bucketName) throw new OperatorError(`${stack} must have the output BlobsBucket`)
  const { ClusterArn: clusterArn, SecretArn: secretArn } = options.reports
    ? await active.stackOutputs(data)
    : {}
  const { KeysQueue: keysQueue } = clusterArn ? await active.stackOutputs(shop) : {}
  return createCommandEnvironment({
    options,
    publicUrl: address,
    region: active.region,
    bucketName,
    database: clusterArn && secretArn ? { clusterArn, secretArn } : undefined,
    keysQueue,
  })
}

/** The command that sets these variables in a shell. */
export const exportCommand = (environment: Readonly<Record<string, string>>): string =>
  `export ${Object.entries(environment)
    .map(([name, value]) => `${name}=${quoteForShell(value)}`)
    .join(' ')}`

const quoteForShell = (value: string): string =>
  /^[\w./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
