/** Settings of this process, from its environment. No other file reads `process.env`. */
import { join, resolve } from 'node:path'
import type { CognitoSettings } from '../accounts/cognito/oidc.ts'
import type { PriceRules } from '../cart/pricing.ts'
import type { SearchMode } from '../catalog/search-mode.ts'
import type { Credentials } from '../core/aws/sign.ts'
import { type Currency, decimalsOf } from '../core/currency.ts'
import type { LogLevel } from '../core/log/log.ts'
import { type MinorUnits, parseDecimal } from '../core/money.ts'
import type { ShopProfile } from '../core/shop-profile.ts'
import type { OrderHours } from '../health/order-gap.ts'
import { defaultSender } from '../notifications/sender.ts'
import type { Sender } from '../notifications/transport.ts'
import type { UnpaidLimit } from '../orders/guest-limits.ts'
import type { TableNames } from '../tables/definitions.ts'
import { type AuroraSettings, databaseSettings, type PostgresSettings } from './database-settings.ts'
import { type Environment, listSetVariables, parseEnvironment, type SetVariable } from './environment.ts'
import { type PaymentSettings, paymentSettings } from './payment-settings.ts'

/** A time of day in the shop's time zone. */
export type TimeOfDay = { readonly hour: number; readonly minute: number }

export type Settings = {
  readonly names: TableNames
  /** Region of the AWS services; without meaning where none is used. */
  readonly region: string
  /** The access key of the environment; undefined: AWS credentials are found elsewhere. */
  readonly accessKey: Credentials | undefined
  /** URL of the database; undefined: the embedded engine. */
  readonly endpoint: string | undefined
  readonly port: number
  readonly host: string
  readonly dynamodbPort: number
  readonly postgres: PostgresSettings | undefined
  /** Which engine answers searches, until a command says another one. */
  readonly search: SearchMode
  /** On AWS, instead of `postgres`. */
  readonly aurora: AuroraSettings | undefined
  /** Absolute. */
  readonly dataDir: string
  readonly publicUrl: string
  readonly shop: ShopProfile
  readonly mail: {
    readonly from: Sender
    /** With neither `smtpUrl` nor `sesRegion`, mails are written to the data folder. */
    readonly smtpUrl: string | undefined
    readonly sesRegion: string | undefined
    readonly sesConfigurationSet: string | undefined
  }
  /** undefined: there is no sign-in with Cognito. */
  readonly cognito: CognitoSettings | undefined
  readonly secret: string | undefined
  /** Path of the SSM parameters that hold the secrets which the environment does not give. */
  readonly secretsPath: string | undefined
  readonly ssmEndpoint: string
  readonly codeDeployEndpoint: string
  readonly lambdaEndpoint: string
  /** URL of the queue to which a function that reads a stream hands its keys on. */
  readonly handOn: string | undefined
  /** Function that applies erasures to PostgreSQL, with its alias. */
  readonly reportsConsumer: string | undefined
  /** Versions of a release: see RELEASED_VERSIONS. */
  readonly releasedVersions: string | undefined
  /** URL of the bucket of blobs; undefined: blobs are files of the data folder. */
  readonly bucket: string | undefined
  /** URL of the API for pages that run in another process. */
  readonly apiUrl: string | undefined
  /** Shared secret of the reverse proxy whose statement of the client's IP is believed. */
  readonly proxySecret: string | undefined
  /** Purge of the CDN on AWS. */
  readonly cdn: {
    /** Function that purges, as `name:alias`; undefined: the CDN is not purged. */
    readonly purger: string | undefined
    readonly distributionId: string | undefined
    /** The most paths in a month. */
    readonly paths: number | undefined
    readonly endpoint: string
  }
  /** Megabytes of memory of this function on Lambda; undefined elsewhere. */
  readonly functionMemory: number | undefined
  readonly log: { readonly level: LogLevel; readonly service: string }
  /** Hours of the day in which orders usually come. */
  readonly orderHours: OrderHours | undefined
  readonly currency: Currency
  readonly rules: PriceRules
  readonly cartTtlSeconds: number
  readonly backup: {
    /** Absolute; undefined: there are no scheduled backups. */
    readonly dir: string | undefined
    readonly time: TimeOfDay
    readonly keep: number
    readonly passphraseFile: string | undefined
  }
  readonly unpaidLimit: UnpaidLimit
  readonly payment: PaymentSettings
}

/** Settings that cannot be used. The message is one line that names every one of them and what it must be. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

const invalid = (problems: readonly string[]): SettingsError =>
  new SettingsError(`invalid settings: ${problems.join('; ')}`)

/** The settings of this process, or of the given environment. An empty variable counts as not set. Throws SettingsError. */
export const readSettings = (
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Settings => {
  const parsed = parseEnvironment(variables)
  if ('problems' in parsed) throw invalid(parsed.problems)
  const env = parsed.environment
  if (env.SMTP_URL && env.SES_REGION) throw invalid(['set SMTP_URL or SES_REGION, not both'])
  const database = databaseSettings(env)
  if ('problem' in database) throw invalid([database.problem])
  const payment = paymentSettings(env)
  if ('problem' in payment) throw invalid([payment.problem])
  const region = regionOf(env)
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`
  return {
    names: {
      books: env.BOOKS_TABLE_NAME,
      carts: env.CARTS_TABLE_NAME,
      users: env.USERS_TABLE_NAME,
      orders: env.ORDERS_TABLE_NAME,
      control: env.CONTROL_TABLE_NAME,
    },
    region,
    accessKey: accessKey(env),
    endpoint:
      env.DYNAMODB_ENDPOINT === 'aws' ? `https://dynamodb.${region}.amazonaws.com` : env.DYNAMODB_ENDPOINT,
    port: env.PORT,
    host: env.HOST,
    dynamodbPort: env.DYNAMODB_PORT,
    postgres: database.postgres,
    search: database.search,
    aurora: database.aurora,
    dataDir: resolve(env.CLOUDSHELF_DATA_DIR),
    publicUrl,
    shop: {
      name: env.SHOP_NAME,
      legalName: env.SHOP_LEGAL_NAME,
      address: env.SHOP_ADDRESS ?? [],
      email: env.SHOP_EMAIL,
      phone: env.SHOP_PHONE,
      taxId: env.SHOP_TAX_ID,
      timeZone: env.TIME_ZONE,
      deliveryTime: env.DELIVERY_TIME,
      terms: env.TERMS_FILE,
      privacy: env.PRIVACY_FILE,
    },
    mail: {
      from: env.MAIL_FROM ?? defaultSender(publicUrl, env.SHOP_NAME),
      smtpUrl: env.SMTP_URL,
      sesRegion: env.SES_REGION,
      sesConfigurationSet: env.SES_CONFIGURATION_SET,
    },
    cognito: cognitoSettings(env),
    secret: env.CLOUDSHELF_SECRET,
    secretsPath: env.SECRETS_PATH,
    ssmEndpoint: env.SSM_ENDPOINT ?? `https://ssm.${region}.amazonaws.com`,
    codeDeployEndpoint: env.ROLLOUT_ENDPOINT ?? `https://codedeploy.${region}.amazonaws.com`,
    lambdaEndpoint: env.ROLLOUT_ENDPOINT ?? `https://lambda.${region}.amazonaws.com`,
    handOn: env.HANDED_ON_KEYS_QUEUE,
    reportsConsumer: env.REPORTS_CONSUMER,
    releasedVersions: env.RELEASED_VERSIONS,
    bucket: env.BLOB_BUCKET === undefined ? undefined : bucketUrl(env.BLOB_BUCKET, env, region),
    apiUrl: env.API_URL,
    proxySecret: env.TRUSTED_PROXY_SECRET,
    cdn: {
      purger: env.CDN_PURGER,
      distributionId: env.CDN_DISTRIBUTION,
      paths: env.CDN_PATHS,
      endpoint: env.CLOUDFRONT_ENDPOINT ?? 'https://cloudfront.amazonaws.com',
    },
    functionMemory: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    log: {
      level: env.CLOUDSHELF_LOG ?? (env.AWS_LAMBDA_FUNCTION_NAME === undefined ? 'events' : 'requests'),
      service: env.POWERTOOLS_SERVICE_NAME ?? env.AWS_LAMBDA_FUNCTION_NAME ?? 'cloudshelf',
    },
    orderHours: env.ORDER_HOURS,
    currency: env.CURRENCY,
    rules: { tax: env.TAX_RATE, shipping: shippingCharge(env) },
    cartTtlSeconds: env.CART_TTL_DAYS * 86_400,
    backup: {
      dir: env.BACKUP_DIR === undefined ? undefined : resolve(env.BACKUP_DIR),
      time: env.BACKUP_TIME,
      keep: env.BACKUP_KEEP,
      passphraseFile: env.BACKUP_PASSPHRASE_FILE,
    },
    unpaidLimit: { network: env.UNPAID_LIMIT_NETWORK, email: env.UNPAID_LIMIT_EMAIL },
    payment: payment.settings,
  }
}

/** The settings of this process with other values of these variables; an empty one counts as not set. Throws SettingsError. */
export const readSettingsWith = (changed: Readonly<Record<string, string>>): Settings =>
  readSettings({ ...process.env, ...changed })

/** The variables of the shop that are set, as a backup keeps them. */
export const readSetVariables = (): readonly SetVariable[] => listSetVariables(process.env)

/**
 * Sets AWS_REGION of this process to the Region that `find` returns, where the database is Amazon DynamoDB and the environment names
 * no Region. Functions on Lambda do without: there it is always set.
 */
export const completeRegion = async (
  find: () => Promise<string | undefined>,
  variables: Record<string, string | undefined> = process.env,
): Promise<void> => {
  if (variables.DYNAMODB_ENDPOINT !== 'aws' || variables.AWS_REGION || variables.AWS_DEFAULT_REGION) return
  const region = await find()
  if (region) variables.AWS_REGION = region
}

/** A signature names a Region, which a database of another maker does not look at. */
const REGION_OUTSIDE_AWS = 'us-east-1'

/** Throws SettingsError where AWS is used and no Region is given: a default would work on the tables of another Region. */
const regionOf = (env: Environment): string => {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  if (region !== undefined) return region
  const usesAws =
    env.DYNAMODB_ENDPOINT === 'aws' ||
    (env.BLOB_BUCKET !== undefined && env.BLOB_ENDPOINT === undefined) ||
    (env.SECRETS_PATH !== undefined && env.SSM_ENDPOINT === undefined)
  if (usesAws)
    throw invalid(['set AWS_REGION, for example to eu-central-1, or AWS_PROFILE to a profile with a region'])
  return REGION_OUTSIDE_AWS
}

const accessKey = (env: Environment): Credentials | undefined => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  const { AWS_SESSION_TOKEN: sessionToken } = env
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** On AWS a bucket has a host of its own; a replacement for S3 has it as a path. */
const bucketUrl = (name: string, { BLOB_ENDPOINT: endpoint }: Environment, region: string): string =>
  endpoint === undefined
    ? `https://${name}.s3.${region}.amazonaws.com`
    : `${endpoint.replace(/\/$/, '')}/${name}`

/** What an order's shipping costs where SHIPPING_FLAT does not say: an amount that each currency can have. */
const DEFAULT_SHIPPING = { withMinorUnits: '5.99', without: '600' } as const

const shippingCharge = ({ CURRENCY: currency, SHIPPING_FLAT: text }: Environment): MinorUnits => {
  const { withMinorUnits, without } = DEFAULT_SHIPPING
  const amount = parseDecimal(text ?? (currency.decimals > 0 ? withMinorUnits : without), currency)
  if (amount !== undefined) return amount
  throw invalid([`SHIPPING_FLAT must be an amount in ${currency.code}, with ${decimalsOf(currency)}`])
}

const cognitoSettings = (env: Environment): CognitoSettings | undefined => {
  const { COGNITO_USER_POOL_ID: pool, COGNITO_CLIENT_ID: clientId, COGNITO_CLIENT_SECRET: clientSecret } = env
  if (pool === undefined && clientId === undefined) return undefined
  if (pool === undefined || clientId === undefined)
    throw invalid(['COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID must be set together'])
  const region = pool.slice(0, pool.indexOf('_'))
  const issuer = env.COGNITO_ISSUER ?? `https://cognito-idp.${region}.amazonaws.com/${pool}`
  return { issuer, clientId, clientSecret }
}

/** Folder of the mails of a shop without a mail server. */
export const mailFolder = (dataDir: string): string => join(dataDir, 'outbox')

/** Folder of the blobs of a shop without a bucket. */
export const blobFolder = (dataDir: string): string => join(dataDir, 'blobs')
