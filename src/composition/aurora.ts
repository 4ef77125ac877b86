/** Client of the Aurora cluster of a shop on AWS, made from the settings. */
import { createDataApiSql, type DataApiOptions } from '../core/sql/data-api.ts'
import type { Sql } from '../core/sql/sql.ts'
import { createSigner } from './clients.ts'
import type { AuroraSettings } from './database-settings.ts'
import type { Settings } from './settings.ts'

export const createAuroraSql = (
  settings: Pick<Settings, 'accessKey' | 'region'>,
  { clusterArn, secretArn, database, region, endpoint }: AuroraSettings,
  limits: Pick<DataApiOptions, 'resumeWithinMs' | 'answerWithinMs'> = {},
): Sql =>
  createDataApiSql({
    endpoint,
    sign: createSigner(settings, 'rds-data', region),
    clusterArn,
    secretArn,
    database,
    ...limits,
  })
