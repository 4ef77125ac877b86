/** The environment variables that concern services of AWS, as data: see environment.ts. */
import type { Variables } from './environment.ts'
import {
  BUCKET_NAME,
  CLIENT_ID,
  DISTRIBUTION_ID,
  FUNCTION_ALIAS,
  HTTP_URL,
  MEGABYTES,
  PARAMETER_PATH,
  PATHS,
  QUEUED_KEYS,
  TEXT,
  USER_POOL_ID,
} from './setting-types.ts'

export const COGNITO = {
  COGNITO_USER_POOL_ID: { ...USER_POOL_ID, unset: 'no sign-in with Cognito', meaning: 'User pool' },
  COGNITO_CLIENT_ID: {
    ...CLIENT_ID,
    meaning: 'App client of the pool. Its callback URL is `<PUBLIC_URL>/sign-in/cognito`',
  },
  COGNITO_CLIENT_SECRET: { ...TEXT, secret: true, meaning: 'Secret of the app client, if it has one' },
  COGNITO_ISSUER: {
    ...HTTP_URL,
    example: 'https://login.example',
    unset: 'derived from the user pool',
    meaning: 'OpenID Connect issuer, where it is not the one of the pool',
  },
} as const satisfies Variables

export const LAMBDA = {
  BLOB_BUCKET: { ...BUCKET_NAME, meaning: 'Bucket of covers and of the snapshot of the search index' },
  SECRETS_PATH: { ...PARAMETER_PATH, meaning: 'Path of the secrets in SSM Parameter Store' },
  API_URL: {
    ...HTTP_URL,
    example: 'https://abc123.execute-api.eu-central-1.amazonaws.com',
    meaning: 'URL at which the pages reach the API',
  },
  AWS_LAMBDA_FUNCTION_NAME: { ...TEXT, meaning: 'Name of the function, set by Lambda' },
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: {
    ...MEGABYTES,
    unset: 'no limit',
    meaning:
      'Megabytes of memory of the function, set by Lambda. A search index that needs more is not loaded',
  },
  BLOB_ENDPOINT: {
    ...HTTP_URL,
    example: 'http://127.0.0.1:9000',
    unset: 'Amazon S3',
    meaning: 'Replacement for Amazon S3, in tests',
  },
  SSM_ENDPOINT: {
    ...HTTP_URL,
    example: 'http://127.0.0.1:9000',
    unset: 'Amazon SSM',
    meaning: 'Replacement for Amazon SSM, in tests',
  },
  CAPTURED_KEYS_QUEUE: {
    ...HTTP_URL,
    example: 'https://sqs.eu-central-1.amazonaws.com/123456789012/cloudshelf-keys',
    unset: 'changes are applied at once',
    meaning: 'SQS queue in which keys of changed items wait until PostgreSQL is brought up to date',
  },
  HANDED_ON_KEYS_QUEUE: {
    ...HTTP_URL,
    example: 'https://sqs.eu-central-1.amazonaws.com/123456789012/cloudshelf-keys',
    unset: 'ReportsConsumer reads all streams itself',
    meaning: 'The same queue, for a function that reads a stream and hands its keys on',
  },
  QUEUED_KEYS: {
    ...QUEUED_KEYS,
    default: 'all',
    meaning:
      'Which keys wait in that queue: all, or those of search terms alone, while others are applied at once',
  },
  REPORTS_CONSUMER: {
    ...FUNCTION_ALIAS,
    example: 'ReportsConsumer:live',
    unset: 'there is no PostgreSQL in which to erase',
    meaning: 'Function that erases in PostgreSQL what was erased in the tables',
  },
  DATA_API_ENDPOINT: {
    ...HTTP_URL,
    example: 'http://127.0.0.1:9000',
    unset: 'that of AWS',
    meaning: 'Replacement for the Data API, in tests',
  },
  CDN_DISTRIBUTION: { ...DISTRIBUTION_ID, meaning: 'CloudFront distribution that the purger purges' },
  CDN_PATHS: {
    ...PATHS,
    unset: 'no purges',
    meaning:
      'The most paths that the purger invalidates in a month. CloudFront charges for those above 1,000 of an account',
  },
  CDN_PURGER: {
    ...FUNCTION_ALIAS,
    unset: 'the CDN is not purged, and keeps responses briefly',
    meaning:
      'Function that purges the CDN: woken by changes of books, and the reason to let the CDN keep responses for long',
  },
  CLOUDFRONT_ENDPOINT: {
    ...HTTP_URL,
    example: 'http://127.0.0.1:9000',
    unset: 'Amazon CloudFront',
    meaning: 'Replacement for Amazon CloudFront, in tests',
  },
  RELEASED_VERSIONS: {
    ...TEXT,
    meaning:
      'Versions of the release, as `<function>=<ARN>,…`, for the function that checks them in a rollout',
  },
  ROLLOUT_ENDPOINT: {
    ...HTTP_URL,
    example: 'http://127.0.0.1:9000',
    unset: 'AWS CodeDeploy and AWS Lambda',
    meaning: 'Replacement for AWS CodeDeploy and AWS Lambda, in tests',
  },
} as const satisfies Variables
