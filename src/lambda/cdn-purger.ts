/** CdnPurger function: purges from the CDN what shows a change of a book. Woken by the change, and every five minutes for what is left. */
import type { Context } from 'aws-lambda'
import { createCloudFront } from '../cdn/cloudfront.ts'
import { runPurges } from '../cdn/purger.ts'
import { createPurgeTable } from '../cdn/table.ts'
import { createSigner } from '../composition/clients.ts'
import { SettingsError } from '../composition/settings.ts'
import { createFunctionBase } from './open.ts'
import { isEmptyBatch } from './version-checks.ts'

/** What a purge and its watching may take (ms): nothing new begins later than this before the timeout. cdn/wake.ts relies on the rest. */
const MAX_PURGE_MS = 90_000
/** CloudFront is signed for in the Region of its control plane. */
const CLOUDFRONT_REGION = 'us-east-1'

const base = await createFunctionBase()
const { settings, log } = base
const { distributionId, paths, endpoint } = settings.cdn
if (distributionId === undefined || paths === undefined)
  throw new SettingsError('CDN_DISTRIBUTION and CDN_PATHS must be set')
const cloudFront = createCloudFront(
  endpoint,
  createSigner(settings, 'cloudfront', CLOUDFRONT_REGION),
  distributionId,
)

const onPurge = (count: number, ms: number | undefined): void => {
  const took = ms === undefined ? 'not yet done' : `done in ${Math.ceil(ms / 1_000)} s`
  log.event('cdn', `purge of ${count} paths: ${took}`, { paths: count, ...(ms === undefined ? {} : { ms }) })
}

export const handler = async (event: unknown, { getRemainingTimeInMillis }: Context): Promise<void> => {
  if (isEmptyBatch(event)) return
  const end = performance.now() + getRemainingTimeInMillis() - MAX_PURGE_MS
  const table = createPurgeTable(base.db, base.names)
  await runPurges({ table, cloudFront, limit: paths, now: base.now, onPurge }, () => performance.now() > end)
}
