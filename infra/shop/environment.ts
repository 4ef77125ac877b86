/** What a function is told by its environment: the names that src/composition/settings.ts reads. */
import type { FunctionDefinition } from '#src/lambda/functions.ts'
import { TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'
import type { Options } from '../settings/options.ts'
import { getSecretsPath, getTableNames, type Stage } from '../settings/stage.ts'

export type FunctionContext = {
  readonly stage: Stage
  readonly options: Options
  /** The Region that mails leave from. */
  readonly region: string
  readonly publicUrl: string
  readonly apiUrl: string
  readonly bucketName: string
  /** What accounts need for signing in by Cognito, where that is on. */
  readonly cognito?: { readonly poolId: string; readonly clientId: string } | undefined
}

/** Names and values; AWS_REGION and the credentials are Lambda's own. */
export const createEnvironment = (
  definition: FunctionDefinition,
  { stage, options, region, publicUrl, apiUrl, bucketName, cognito }: FunctionContext,
): Record<string, string> => {
  const names = getTableNames(stage)
  const touched = Object.keys(definition.tables) as TableId[]
  const envOf = (id: TableId): TableDefinition['env'] => TABLES[id].env
  return {
    DYNAMODB_ENDPOINT: 'aws',
    ...Object.fromEntries(touched.map(id => [envOf(id), names[id]])),
    PUBLIC_URL: publicUrl,
    CURRENCY: options.currency,
    TAX_RATE: options.taxRate,
    SHIPPING_FLAT: options.shippingFlat,
    CART_TTL_DAYS: String(options.cartTtlDays),
    // Nobody but pages asks the API from outside of it.
    ...(touched.length === 0 ? { API_URL: apiUrl } : {}),
    ...(definition.blobs ? { BLOB_BUCKET: bucketName } : {}),
    ...(definition.secrets.length > 0
      ? {
          SECRETS_PATH: getSecretsPath(stage),
          ...(options.secretsRead ? { SECRETS_READ: options.secretsRead } : {}),
        }
      : {}),
    ...(definition.sendsMail && options.mailFrom ? { SES_REGION: region, MAIL_FROM: options.mailFrom } : {}),
    ...(definition.id === 'UserAccounts' && cognito
      ? { COGNITO_USER_POOL_ID: cognito.poolId, COGNITO_CLIENT_ID: cognito.clientId }
      : {}),
    POWERTOOLS_SERVICE_NAME: definition.id,
    POWERTOOLS_METRICS_NAMESPACE: 'CloudShelf',
    // Each metric of one's own costs something each month, whoever looks at it.
    ...(stage.isMonitored ? {} : { POWERTOOLS_METRICS_DISABLED: 'true' }),
  }
}
