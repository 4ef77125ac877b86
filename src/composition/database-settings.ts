/** Settings of PostgreSQL beside DynamoDB: a server with a URL, or on AWS an Aurora cluster with the Data API. */
import type { SearchMode } from '../catalog/search-mode.ts'
import type { Environment } from './environment.ts'

export type PostgresSettings = {
  /** `embedded`, or `postgres://…` of a database of the operator's own. */
  readonly url: string
  /** `postgres://…` of a replica for reports. */
  readonly readUrl: string | undefined
  /** Of the embedded one; 0: any free one. */
  readonly port: number
}

/** An Aurora cluster, which is reached through the Data API. */
export type AuroraSettings = {
  readonly clusterArn: string
  readonly secretArn: string
  readonly database: string
  readonly region: string
  /** URL of the Data API. */
  readonly endpoint: string
  /** URL of the queue in which captured keys wait until they are applied; undefined: they are applied at once. */
  readonly keysQueue: string | undefined
  /** Which keys wait there. */
  readonly queued: 'all' | 'searches'
}

type DatabaseSettings = {
  readonly search: SearchMode
  readonly postgres: PostgresSettings | undefined
  readonly aurora: AuroraSettings | undefined
}

const auroraSettings = (clusterArn: string, secretArn: string, env: Environment): AuroraSettings => {
  const region = clusterArn.split(':')[3] ?? ''
  return {
    clusterArn,
    secretArn,
    database: env.DATABASE_NAME,
    region,
    endpoint: env.DATA_API_ENDPOINT ?? `https://rds-data.${region}.amazonaws.com`,
    keysQueue: env.CAPTURED_KEYS_QUEUE,
    queued: env.QUEUED_KEYS,
  }
}

/** At most one of both; the problem where the variables contradict each other. */
export const databaseSettings = (env: Environment): DatabaseSettings | { readonly problem: string } => {
  const { DATABASE_URL: url, DATABASE_READ_URL: readUrl, POSTGRES_PORT: port, SEARCH: search } = env
  if (search !== 'memory' && url === undefined)
    return { problem: `set DATABASE_URL with SEARCH=${search}, or leave SEARCH out` }
  const { DATABASE_ARN: clusterArn, DATABASE_SECRET_ARN: secretArn } = env
  if (clusterArn !== undefined || secretArn !== undefined) {
    if (url !== undefined || readUrl !== undefined)
      return { problem: 'set DATABASE_URL or DATABASE_ARN, not both' }
    if (clusterArn === undefined || secretArn === undefined)
      return { problem: 'DATABASE_ARN and DATABASE_SECRET_ARN must be set together' }
    return { search, postgres: undefined, aurora: auroraSettings(clusterArn, secretArn, env) }
  }
  if (url !== undefined) return { search, postgres: { url, readUrl, port }, aurora: undefined }
  if (readUrl !== undefined) return { problem: 'set DATABASE_URL with DATABASE_READ_URL' }
  return { search, postgres: undefined, aurora: undefined }
}
