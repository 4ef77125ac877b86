/** The environment variables of the data and its databases, as data: see environment.ts. */
import { DEFAULT_TABLE_NAMES } from '../tables/definitions.ts'
import type { Variables } from './environment.ts'
import {
  CLUSTER_ARN,
  DATABASE_LOCATION,
  DATABASE_NAME,
  DYNAMODB_URL,
  PORT_NUMBER,
  POSTGRES_URL,
  SEARCH_ENGINE,
  SECRET_ARN,
  TABLE_NAME,
  TEXT,
} from './setting-types.ts'

const tableName = (id: keyof typeof DEFAULT_TABLE_NAMES) => ({
  ...TABLE_NAME,
  default: DEFAULT_TABLE_NAMES[id],
  example: `shop2-${id}`,
  meaning: `Name of the ${id} table`,
})

export const DATA = {
  CLOUDSHELF_DATA_DIR: {
    machine: true,
    ...TEXT,
    default: '.cloudshelf',
    example: '/var/lib/cloudshelf',
    meaning: 'Data folder: database, covers, search index, mails and secret',
  },
  DYNAMODB_ENDPOINT: {
    ...DYNAMODB_URL,
    unset: 'the embedded engine',
    meaning:
      'Database. `aws` is Amazon DynamoDB in AWS_REGION; create its tables with `npx cloudshelf tables create`',
  },
  DYNAMODB_PORT: {
    machine: true,
    ...PORT_NUMBER,
    default: '8000',
    example: '8001',
    meaning: 'Port at which AWS clients reach the embedded engine',
  },
  AWS_REGION: {
    ...TEXT,
    example: 'eu-central-1',
    unset: 'AWS_DEFAULT_REGION, else the Region of the AWS profile',
    meaning: 'Region of the database and the other AWS services. One must be found where they are used',
  },
  AWS_DEFAULT_REGION: { ...TEXT, example: 'eu-central-1', meaning: 'The same, where AWS_REGION is not set' },
  AWS_ACCESS_KEY_ID: {
    machine: true,
    ...TEXT,
    unset: 'AWS_PROFILE, single sign-on or the role of the machine',
    meaning: 'Access key for AWS, together with AWS_SECRET_ACCESS_KEY',
  },
  AWS_SECRET_ACCESS_KEY: { machine: true, ...TEXT, meaning: 'Secret of the access key' },
  AWS_SESSION_TOKEN: { machine: true, ...TEXT, meaning: 'Session token of temporary credentials' },
  BOOKS_TABLE_NAME: tableName('books'),
  CARTS_TABLE_NAME: tableName('carts'),
  USERS_TABLE_NAME: tableName('users'),
  ORDERS_TABLE_NAME: tableName('orders'),
  CONTROL_TABLE_NAME: tableName('control'),
} as const satisfies Variables

export const POSTGRES = {
  DATABASE_URL: {
    ...DATABASE_LOCATION,
    secret: true,
    unset: 'no PostgreSQL',
    meaning:
      'PostgreSQL beside DynamoDB, see [phase 2](phase-2.md). `embedded` runs one in the data folder; a URL names a database of your own that nothing else uses',
  },
  DATABASE_READ_URL: {
    ...POSTGRES_URL,
    secret: true,
    unset: 'DATABASE_URL',
    meaning:
      'A replica of that database, which reports read; while it cannot be reached they read DATABASE_URL',
  },
  DATABASE_ARN: {
    ...CLUSTER_ARN,
    unset: 'no PostgreSQL',
    meaning: 'Aurora cluster of a shop on AWS, reached through the Data API, instead of DATABASE_URL',
  },
  DATABASE_SECRET_ARN: { ...SECRET_ARN, meaning: 'Secret with user name and password of that cluster' },
  DATABASE_NAME: {
    ...DATABASE_NAME,
    default: 'cloudshelf',
    meaning: 'Database of that cluster',
  },
  SEARCH: {
    ...SEARCH_ENGINE,
    default: 'memory',
    meaning:
      'Which engine answers searches until `npx cloudshelf pg use search` says another one. `shadow`: memory answers, and PostgreSQL is compared with it. Needs DATABASE_URL',
  },
  POSTGRES_PORT: {
    machine: true,
    ...PORT_NUMBER,
    default: '5433',
    example: '5432',
    meaning: 'Port at which this machine reaches the embedded PostgreSQL. 0 takes any free port',
  },
} as const satisfies Variables
