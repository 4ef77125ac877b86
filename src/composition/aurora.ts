/** Client of the Aurora cluster of a shop on AWS, made from the settings. */
import { createDataApiSql } from '../core/sql/data-api.ts'
import type { Sql } from '../core/sql/sql.ts'
import { createSigner } from './clients.ts'
import type { AuroraSettings } from './database-settings.ts'
import type { Settings } from './settings.ts'

/** `resumeWithinMs`: how long a statement waits for a paused cluster, in milliseconds. */
export const createAuroraSql = (
  settings: Pick<Settings, 'accessKey' | 'region'>,
  { clusterArn, secretArn, database, region, endpoint }: AuroraSettings,
  resumeWithinMs?: number,
): Sql =>
  createDataApiSql({
    endpoint,
    sign: createSigner(settings, 'rds-data', region),
    clusterArn,
    secretArn,
    database,
    ...(resumeWithinMs === undefined ? {} : { resumeWithinMs }),
  })
