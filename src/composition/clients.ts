/**
 * Clients of what lies outside of the process, made from the settings: database, bucket, signer of AWS requests. The mail transport
 * is in mail.ts, so that bundles of functions that send no mail leave its library out.
 */
import { createS3Blobs } from '../core/aws/s3-blobs.ts'
import { type Credentials, createServiceSigner, engineSigner } from '../core/aws/sign.ts'
import { type Blobs, createFolderBlobs } from '../core/blobs.ts'
import { type Capture, createCapturingWire } from '../core/dynamo/capture.ts'
import { createDynamo, type Dynamo } from '../core/dynamo/dynamo.ts'
import { createObservedWire, type ObservedCall } from '../core/dynamo/observed-wire.ts'
import { createMonitoredWire } from '../core/dynamo/outage.ts'
import { createWire, type Wire, type WriteGuard } from '../core/dynamo/wire.ts'
import { createWriteGuard } from '../core/fence/write-guard.ts'
import type { Log } from '../core/log/log.ts'
import { blobFolder, type Settings, SettingsError } from './settings.ts'

/** The access key of the settings, else what the AWS SDK's chain finds: a profile, single sign-on, the role of an instance. */
const findCredentials = async ({ accessKey }: Pick<Settings, 'accessKey'>): Promise<Credentials> => {
  if (accessKey) return accessKey
  // Loaded where it is needed alone: it is large.
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  return (await fromNodeProviderChain()()) as Credentials
}

/** Signs requests to an AWS service with the credentials of the settings, in their Region unless another is given. */
export const createSigner = (
  settings: Pick<Settings, 'accessKey' | 'region'>,
  service: Parameters<typeof createServiceSigner>[0],
  region = settings.region,
): ReturnType<typeof createServiceSigner> =>
  createServiceSigner(service, region, () => findCredentials(settings))

type CreateGuard = (call: Wire['call']) => WriteGuard

const createWireFor = (
  settings: Settings,
  engineEndpoint: (() => string) | undefined,
  createGuard?: CreateGuard,
): Wire => {
  if (engineEndpoint) return createWire(engineEndpoint, engineSigner, createGuard)
  const { endpoint } = settings
  if (endpoint === undefined) throw new SettingsError('there is no database: set DYNAMODB_ENDPOINT')
  return createWire(() => endpoint, createSigner(settings, 'dynamodb'), createGuard)
}

/** The guard of writes by the fence of the database that `call` calls. */
export const createFenceGuard = ({ names }: Pick<Settings, 'names'>, call: Wire['call']): WriteGuard =>
  createWriteGuard(createDynamo({ call, close: async () => {} }), names.control)

/** A wire to the database as in `createDatabase` that does not obey the write fence: for what closes and opens it, and asks it. */
export const createUnfencedWire = (settings: Settings, engineEndpoint?: () => string): Wire =>
  createWireFor(settings, engineEndpoint)

/**
 * The database client: of the embedded engine where its endpoint is given, else of the database in the settings.
 * `observe` is called with each finished call, which then also reports the capacity that it consumed. Outages are written to `log`.
 * With `capture`, the keys of every write are captured while somebody reads them.
 */
export const createDatabase = (
  settings: Settings,
  engineEndpoint?: () => string,
  observe?: (call: ObservedCall) => void,
  log: Pick<Log, 'event' | 'failure'> = NO_LOG,
  capture?: Capture,
): Dynamo => {
  const guarded = createWireFor(settings, engineEndpoint, call => createFenceGuard(settings, call))
  const captured = capture ? createCapturingWire(guarded, capture) : guarded
  const { wire, outages } = createMonitoredWire(captured, log)
  return createDynamo(observe ? createObservedWire(wire, observe) : wire, outages)
}

const NO_LOG = { event: () => {}, failure: () => {} }

/** The observer of database calls for a log; undefined at a level that leaves calls out. */
export const callObserver = (log: Log): ((call: ObservedCall) => void) | undefined =>
  log.isEnabled('calls') ? log.call : undefined

/**
 * Blobs of a command: those in the bucket of the settings where its database is another than the embedded one, else those in the
 * data folder, where a shop on this machine has them.
 */
export const createCommandBlobs = (settings: Settings): Blobs =>
  settings.endpoint !== undefined && settings.bucket !== undefined
    ? createBucketBlobs(settings)
    : createFolderBlobs(blobFolder(settings.dataDir))

/** Blobs in the bucket of the settings. Throws SettingsError when they name none. */
export const createBucketBlobs = (settings: Settings): Blobs => {
  if (settings.bucket === undefined) throw new SettingsError('BLOB_BUCKET must be set')
  return createS3Blobs(settings.bucket, createSigner(settings, 's3'))
}
