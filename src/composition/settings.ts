/** The only reader of the environment: settings, and the ways to what lies outside of the process. */
import { join, resolve } from 'node:path'
import * as z from 'zod'
import type { CognitoSettings } from '../accounts/cognito/oidc.ts'
import { createS3Blobs } from '../core/aws/s3-blobs.ts'
import { type Credentials, signerFor, unsignedForEngine } from '../core/aws/sign.ts'
import type { Blobs } from '../core/blobs.ts'
import { createDynamo } from '../core/dynamo/dynamo.ts'
import { createObservedWire, type ObservedCall } from '../core/dynamo/watched.ts'
import { createWire, type Wire } from '../core/dynamo/wire.ts'
import { type Log, logLevels } from '../core/log/log.ts'
import { parseDecimal, parseRate } from '../core/money.ts'
import { defaultSender, parseSender } from '../notifications/sender.ts'
import { DEFAULT_TABLE_NAMES, type TableNames } from '../tables/definitions.ts'

const decimal = z.string().transform((text, context) => {
  const amount = parseDecimal(text)
  if (amount !== undefined && amount >= 0) return amount
  context.addIssue({ code: 'custom', message: 'is no amount such as 5.99' })
  return z.NEVER
})

const rate = z.string().transform((text, context) => {
  const parsed = parseRate(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: 'is no rate such as 0.08' })
  return z.NEVER
})

const sender = z.string().transform((text, context) => {
  const parsed = parseSender(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: 'is no sender such as CloudShelf <orders@shop.example>' })
  return z.NEVER
})

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const Address = z.url({ protocol: /^https?$/ })
const tableName = z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/)

const Environment = z.object({
  BOOKS_TABLE_NAME: tableName.default(DEFAULT_TABLE_NAMES.books),
  CARTS_TABLE_NAME: tableName.default(DEFAULT_TABLE_NAMES.carts),
  USERS_TABLE_NAME: tableName.default(DEFAULT_TABLE_NAMES.users),
  ORDERS_TABLE_NAME: tableName.default(DEFAULT_TABLE_NAMES.orders),
  CONTROL_TABLE_NAME: tableName.default(DEFAULT_TABLE_NAMES.control),
  AWS_REGION: z.string().min(1).default('us-east-1'),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  BLOB_BUCKET: z.string().min(3).max(63).optional(),
  BLOB_ENDPOINT: Address.optional(),
  SECRETS_PATH: z
    .string()
    .regex(/^(\/[A-Za-z0-9_.-]+)+$/, { error: 'is no path such as /cloudshelf/prod' })
    .optional(),
  SSM_ENDPOINT: Address.optional(),
  API_URL: Address.optional(),
  DYNAMODB_ENDPOINT: z.union([z.literal('aws'), Address]).optional(),
  PORT: port(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DYNAMODB_PORT: port(8000),
  CLOUDSHELF_DATA_DIR: z.string().min(1).default('.cloudshelf'),
  PUBLIC_URL: Address.optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SES_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'is no region such as eu-central-1' })
    .optional(),
  MAIL_FROM: sender.optional(),
  CLOUDSHELF_SECRET: z.string().min(32).optional(),
  TRUSTED_PROXY_SECRET: z.string().min(32).optional(),
  COGNITO_USER_POOL_ID: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]{1,55}$/, {
      error: 'is no user pool such as eu-central-1_AbCd1234',
    })
    .optional(),
  COGNITO_CLIENT_ID: z
    .string()
    .regex(/^[\w+]{1,128}$/)
    .optional(),
  COGNITO_CLIENT_SECRET: z.string().min(1).optional(),
  COGNITO_ISSUER: Address.optional(),
  CLOUDSHELF_LOG: z.enum(logLevels, { error: `is none of ${logLevels.join(', ')}` }).optional(),
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  POWERTOOLS_SERVICE_NAME: z.string().min(1).optional(),
  CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  TAX_RATE: rate.prefault('0.08'),
  SHIPPING_FLAT: decimal.prefault('5.99'),
  CART_TTL_DAYS: z.coerce.number().int().min(1).max(365).default(7),
})

/** A setting is wrong: the message names every one that is. */
export class SettingsError extends Error {}

export type Settings = ReturnType<typeof readSettings>

/** The settings of this process. An empty variable counts as one that is not there. Throws SettingsError. */
export const readSettings = (environment: Readonly<Record<string, string | undefined>> = process.env) => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  // Read once: to make code for it, as for what is parsed all the time, would take longer than the reading.
  const parsed = Environment.safeParse(given, { jitless: true })
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`)
    throw new SettingsError(`these settings are wrong: ${wrong.join('; ')}`)
  }
  const env = parsed.data
  if (env.SMTP_URL && env.SES_REGION)
    throw new SettingsError('these settings are wrong: of SMTP_URL and SES_REGION there may be one')
  const names: TableNames = {
    books: env.BOOKS_TABLE_NAME,
    carts: env.CARTS_TABLE_NAME,
    users: env.USERS_TABLE_NAME,
    orders: env.ORDERS_TABLE_NAME,
    control: env.CONTROL_TABLE_NAME,
  }
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`
  return {
    names,
    region: env.AWS_REGION,
    credentials: credentialsOf(env),
    /** undefined: the embedded engine. */
    endpoint:
      env.DYNAMODB_ENDPOINT === 'aws'
        ? `https://dynamodb.${env.AWS_REGION}.amazonaws.com`
        : env.DYNAMODB_ENDPOINT,
    port: env.PORT,
    host: env.HOST,
    dynamodbPort: env.DYNAMODB_PORT,
    dataDir: resolve(env.CLOUDSHELF_DATA_DIR),
    publicUrl,
    mail: {
      from: env.MAIL_FROM ?? defaultSender(publicUrl),
      /** Neither: into the outbox folder. */
      smtpUrl: env.SMTP_URL,
      sesRegion: env.SES_REGION,
    },
    cognito: cognitoOf(env),
    secret: env.CLOUDSHELF_SECRET,
    /** Where the secrets lie that are not given: parameters of SSM below this path. */
    secretsPath: env.SECRETS_PATH,
    ssmEndpoint: env.SSM_ENDPOINT ?? `https://ssm.${env.AWS_REGION}.amazonaws.com`,
    /** undefined: blobs are files of the data folder. */
    bucket: env.BLOB_BUCKET === undefined ? undefined : bucketOf(env.BLOB_BUCKET, env),
    /** Where pages find the API when it is not in their own process. */
    apiUrl: env.API_URL,
    /** By which the shop's own proxy proves that it may say where a request comes from. */
    proxySecret: env.TRUSTED_PROXY_SECRET,
    log: {
      level: env.CLOUDSHELF_LOG ?? (env.AWS_LAMBDA_FUNCTION_NAME === undefined ? 'events' : 'requests'),
      service: env.POWERTOOLS_SERVICE_NAME ?? env.AWS_LAMBDA_FUNCTION_NAME ?? 'cloudshelf',
    },
    currency: env.CURRENCY,
    rules: { tax: env.TAX_RATE, shipping: env.SHIPPING_FLAT },
    cartTtlSeconds: env.CART_TTL_DAYS * 86_400,
  }
}

/** The address of a bucket: its own host on AWS, a path at a stand-in. */
const bucketOf = (name: string, env: z.infer<typeof Environment>): string =>
  env.BLOB_ENDPOINT === undefined
    ? `https://${name}.s3.${env.AWS_REGION}.amazonaws.com`
    : `${env.BLOB_ENDPOINT.replace(/\/$/, '')}/${name}`

/** undefined: nobody signs in by Cognito. Throws SettingsError for half a setup. */
const cognitoOf = (env: z.infer<typeof Environment>): CognitoSettings | undefined => {
  const { COGNITO_USER_POOL_ID: pool, COGNITO_CLIENT_ID: clientId, COGNITO_CLIENT_SECRET: clientSecret } = env
  if (pool === undefined && clientId === undefined) return undefined
  if (pool === undefined || clientId === undefined)
    throw new SettingsError(
      'these settings are wrong: COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID go together',
    )
  const region = pool.slice(0, pool.indexOf('_'))
  const issuer = env.COGNITO_ISSUER ?? `https://cognito-idp.${region}.amazonaws.com/${pool}`
  return { issuer, clientId, clientSecret }
}

const credentialsOf = (env: z.infer<typeof Environment>): (() => Promise<Credentials>) => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env
  if (accessKeyId && secretAccessKey)
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) })
  return async () => {
    // An operator's profile, single sign-on, or an instance's role: loaded only where they are used.
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    return (await fromNodeProviderChain()()) as Credentials
  }
}

const wireOf = (settings: Settings, engineEndpoint: (() => string) | undefined): Wire => {
  if (engineEndpoint) return createWire(engineEndpoint, unsignedForEngine)
  const { endpoint } = settings
  if (endpoint === undefined) throw new SettingsError('there is neither an engine nor a DYNAMODB_ENDPOINT')
  return createWire(() => endpoint, signerFor('dynamodb', settings.region, settings.credentials))
}

/** Whoever is to be told of calls of the store, where the log tells of them. */
export const callObserver = (log: Log): ((call: ObservedCall) => void) | undefined =>
  log.tells('calls') ? log.call : undefined

/**
 * The door to the store: an embedded engine where one is given, else what the settings say. `watch` is told of each call,
 * which then asks what it has consumed.
 */
export const createDatabase = (
  settings: Settings,
  engineEndpoint?: () => string,
  watch?: (call: ObservedCall) => void,
) => {
  const wire = wireOf(settings, engineEndpoint)
  return createDynamo(watch ? createObservedWire(wire, watch) : wire)
}

/** The bucket of the settings, as blobs. */
export const createBucketBlobs = ({ bucket, region, credentials }: Settings): Blobs => {
  if (bucket === undefined) throw new SettingsError('there is no BLOB_BUCKET')
  return createS3Blobs(bucket, signerFor('s3', region, credentials))
}

/** Where mails go when there is no server for them. */
export const mailFolder = (dataDir: string): string => join(dataDir, 'outbox')

/** Where blobs lie in the data folder. */
export const blobFolder = (dataDir: string): string => join(dataDir, 'blobs')
