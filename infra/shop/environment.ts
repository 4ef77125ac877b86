/** Environment variables of functions and of the `cloudshelf` command, read by src/composition/settings.ts. */
import { METRICS_NAMESPACE } from '#src/core/log/metrics.ts'
import type { FunctionDefinition } from '#src/lambda/functions.ts'
import { TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'
import type { Database } from '../data/data.ts'
import type { Options } from '../settings/options.ts'
import { paymentSettings, takesStripe } from '../settings/payments.ts'
import { legalTextSettings, profileSettings } from '../settings/profile.ts'
import {
  getConfigurationSet,
  getPurgerName,
  getReportsConsumerName,
  getSecretsPath,
  getStage,
  getTableNames,
  LIVE,
  type Stage,
} from '../settings/stage.ts'

export type FunctionContext = {
  readonly stage: Stage
  readonly options: Options
  /** Region that sends emails. */
  readonly region: string
  readonly publicUrl: string
  readonly apiUrl: string
  readonly bucketName: string
  /** Purge of the CDN; undefined: none, as in the Region that is not active. */
  readonly cdn?: { readonly distributionId: string; readonly paths: number } | undefined
  /** PostgreSQL, with the option `reports`. */
  readonly database?: Database | undefined
  /** Whether functions that read a stream hand its keys on to that queue. */
  readonly handsOn?: boolean | undefined
  /** URL of the queue of captured keys, where there is one. */
  readonly keysQueue?: string | undefined
  /** User pool for sign-in with Cognito, if enabled. */
  readonly cognito?: { readonly poolId: string; readonly clientId: string } | undefined
}

type ShopContext = {
  readonly options: Options
  readonly publicUrl: string
}

/** Settings by which every process of the shop knows its address, who runs it, its prices and payments. */
const shopSettings = ({ options, publicUrl }: ShopContext): Record<string, string> => ({
  DYNAMODB_ENDPOINT: 'aws',
  PUBLIC_URL: publicUrl,
  ...profileSettings(options),
  CURRENCY: options.currency,
  TAX_RATE: options.taxRate,
  ...(options.shippingFlat === undefined ? {} : { SHIPPING_FLAT: options.shippingFlat }),
  CART_TTL_DAYS: String(options.cartTtlDays),
  ...paymentSettings(options),
})

const unpaidLimits = ({ unpaidLimitNetwork, unpaidLimitEmail }: Options): Record<string, string> => ({
  UNPAID_LIMIT_NETWORK: String(unpaidLimitNetwork),
  UNPAID_LIMIT_EMAIL: String(unpaidLimitEmail),
})

const mailSettings = ({ mailFrom, stage }: Options, region: string): Record<string, string> =>
  mailFrom
    ? {
        SES_REGION: region,
        SES_CONFIGURATION_SET: getConfigurationSet(getStage(stage)),
        MAIL_FROM: mailFrom,
      }
    : {}

const databaseSettings = ({ clusterArn, secretArn }: Database): Record<string, string> => ({
  DATABASE_ARN: clusterArn,
  DATABASE_SECRET_ARN: secretArn,
})

const consumerSettings = (stage: Stage): Record<string, string> => ({
  REPORTS_CONSUMER: `${getReportsConsumerName(stage)}:${LIVE}`,
})

/** The queue of captured keys, and which of them wait there. */
const keysSettings = ({ reports }: Options, queue: string | undefined): Record<string, string> =>
  queue === undefined
    ? {}
    : { CAPTURED_KEYS_QUEUE: queue, ...(reports === 'live' ? { QUEUED_KEYS: 'searches' } : {}) }

/**
 * Environment in which the `cloudshelf` command works on a deployed shop: its tables, bucket, address, prices and mails, in `region`.
 * Without PostgreSQL it needs none of the secrets: commands make neither sessions nor cursors.
 */
export const createCommandEnvironment = ({
  region,
  bucketName,
  database,
  keysQueue,
  ...shop
}: ShopContext & Pick<FunctionContext, 'region' | 'bucketName' | 'database' | 'keysQueue'>): Record<
  string,
  string
> => ({
  AWS_REGION: region,
  ...Object.fromEntries(
    Object.entries(getTableNames(getStage(shop.options.stage))).map(([id, name]) => [
      TABLES[id as TableId].env,
      name,
    ]),
  ),
  BLOB_BUCKET: bucketName,
  ...shopSettings(shop),
  ...unpaidLimits(shop.options),
  ...mailSettings(shop.options, region),
  // Pseudonyms in PostgreSQL are keyed with the shop's secret.
  ...(database
    ? {
        ...databaseSettings(database),
        ...consumerSettings(getStage(shop.options.stage)),
        SECRETS_PATH: getSecretsPath(getStage(shop.options.stage)),
      }
    : {}),
  ...keysSettings(shop.options, keysQueue),
})

/** The purger has the distribution; the functions that wake it, or share responses for long because of it, its name. */
const cdnSettings = (
  { cdn: part }: FunctionDefinition,
  stage: Stage,
  { distributionId, paths }: NonNullable<FunctionContext['cdn']>,
): Record<string, string> => {
  if (part === undefined) return {}
  if (part === 'purge') return { CDN_DISTRIBUTION: distributionId, CDN_PATHS: String(paths) }
  return { CDN_PURGER: `${getPurgerName(stage)}:${LIVE}` }
}

/** Names of the secrets that a function reads. */
export const secretsOf = (
  { secrets, providerSecrets = [] }: FunctionDefinition,
  options: Pick<Options, 'paymentMethods'>,
): readonly string[] => [...secrets, ...(takesStripe(options) ? providerSecrets : [])]

/** Environment of a function; Lambda itself sets AWS_REGION and the credentials. */
export const createEnvironment = (
  definition: FunctionDefinition,
  {
    stage,
    options,
    region,
    publicUrl,
    apiUrl,
    bucketName,
    cognito,
    cdn,
    database,
    keysQueue,
    handsOn,
  }: FunctionContext,
): Record<string, string> => {
  const names = getTableNames(stage)
  const touched = [...new Set(definition.tables.map(({ table }) => table))]
  const envOf = (id: TableId): TableDefinition['env'] => TABLES[id].env
  return {
    ...shopSettings({ options, publicUrl }),
    ...Object.fromEntries(touched.map(id => [envOf(id), names[id]])),
    ...(definition.id === 'Pages' ? legalTextSettings(options) : {}),
    ...(definition.id === 'OrderProcess' ? unpaidLimits(options) : {}),
    // Only Pages calls the API from outside.
    ...(touched.length === 0 ? { API_URL: apiUrl } : {}),
    ...(definition.blobs ? { BLOB_BUCKET: bucketName } : {}),
    ...(secretsOf(definition, options).length > 0
      ? {
          SECRETS_PATH: getSecretsPath(stage),
          ...(options.secretsRead ? { SECRETS_READ: options.secretsRead } : {}),
        }
      : {}),
    ...(definition.usesDatabase && database ? databaseSettings(database) : {}),
    ...(definition.id === 'ReportsConsumer' ? keysSettings(options, keysQueue) : {}),
    ...(definition.handsOn && handsOn && keysQueue !== undefined
      ? {
          HANDED_ON_KEYS_QUEUE: keysQueue,
          ...(options.reports === 'live' ? consumerSettings(stage) : {}),
        }
      : {}),
    ...(definition.erases && database ? consumerSettings(stage) : {}),
    ...(definition.sendsMail ? mailSettings(options, region) : {}),
    ...(definition.id === 'UserAccounts' && cognito
      ? { COGNITO_USER_POOL_ID: cognito.poolId, COGNITO_CLIENT_ID: cognito.clientId }
      : {}),
    ...(cdn ? cdnSettings(definition, stage, cdn) : {}),
    // With the stage’s prefix: stages of one account and Region share the namespace of their metrics.
    POWERTOOLS_SERVICE_NAME: `${stage.prefix}${definition.id}`,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    // Custom metrics have a monthly charge.
    ...(stage.isMonitored ? {} : { POWERTOOLS_METRICS_DISABLED: 'true' }),
  }
}
