/** IAM permissions of functions: exactly the calls and resources that src/lambda/functions.ts and table-rights.ts imply. */
import { ArnFormat, Stack } from 'aws-cdk-lib'
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { type FunctionDefinition, hasRoutes, type Right } from '#src/lambda/functions.ts'
import { leadingKeyPattern, type TableAction, type TableRight } from '#src/lambda/table-rights.ts'
import type { Database } from '../data/data.ts'
import { getMailSender } from '../settings/mail-domain.ts'
import type { Options } from '../settings/options.ts'
import {
  getConfigurationSet,
  getPurgerName,
  getReportsConsumerName,
  getSecretsPath,
  getTableNames,
  LIVE,
  type Stage,
} from '../settings/stage.ts'
import { secretsOf } from './environment.ts'

const allow = (actions: readonly string[], resources: readonly string[], conditions = {}): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources], conditions })

const tableArn = (stack: Stack, stage: Stage, { table, index }: TableRight): string => {
  const resourceName = getTableNames(stage)[table] + (index === undefined ? '' : `/index/${index}`)
  return stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName })
}

/** The partition keys on which each action is allowed; undefined for all of them. */
const patternsByAction = (rights: readonly TableRight[]): Map<TableAction, string[] | undefined> => {
  const found = new Map<TableAction, string[] | undefined>()
  for (const { actions, rows } of rights)
    for (const action of actions) {
      const patterns = rows?.map(leadingKeyPattern)
      const known = found.has(action) ? found.get(action) : []
      found.set(action, known && patterns && [...new Set([...known, ...patterns])].sort())
    }
  return found
}

/**
 * Statements for the rights on one table or index. An action is in one statement, since all keys of a BatchGetItem must match the
 * same one. `ForAllValues` holds for a request without keys too: a scan is the only action without, and none has a condition.
 */
const tableStatements = (arn: string, rights: readonly TableRight[]): PolicyStatement[] => {
  const byPatterns = Map.groupBy(patternsByAction(rights), ([, patterns]) => patterns?.join(' '))
  return [...byPatterns.values()].map(group => {
    const [[, patterns] = []] = group
    const conditions = patterns && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns } }
    const actions = group.map(([action]) => `dynamodb:${action}`)
    if (conditions && actions.includes('dynamodb:Scan'))
      throw new TypeError('a scan reads all rows: it must not have the condition of a partition key')
    return allow(actions, [arn], conditions)
  })
}

/** Key of the index snapshot: see src/catalog/index/snapshot.ts. */
const SNAPSHOT_KEY = 'index/books.snapshot'

const blobStatements = ({ bucketArn }: Bucket, right: Right): PolicyStatement[] => [
  allow(right === 'write' ? ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'] : ['s3:GetObject'], [
    `${bucketArn}/images/covers/*`,
    `${bucketArn}/${SNAPSHOT_KEY}`,
  ]),
  // A snapshot is uploaded in parts, which an upload that fails takes back.
  ...(right === 'write' ? [allow(['s3:AbortMultipartUpload'], [`${bucketArn}/${SNAPSHOT_KEY}`])] : []),
  // Without it S3 answers "forbidden" for a missing object.
  allow(['s3:ListBucket'], [bucketArn]),
]

/** ARNs of the SSM parameters that hold a function's secrets. */
const secretArns = (stack: Stack, stage: Stage, names: readonly string[]): string[] =>
  names.map(name =>
    stack.formatArn({
      service: 'ssm',
      resource: `parameter${getSecretsPath(stage)}/${name}`,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    }),
  )

/**
 * Sending of mails from this sender alone. While the account is in the sandbox SES also checks the permission on the recipient's
 * identity, so that the sender is a condition and not the resource.
 */
const mailStatement = (stack: Stack, stage: Stage, from: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    resources: [
      stack.formatArn({ service: 'ses', resource: 'identity', resourceName: '*' }),
      stack.formatArn({
        service: 'ses',
        resource: 'configuration-set',
        resourceName: getConfigurationSet(stage),
      }),
    ],
    conditions: { StringEqualsIgnoreCase: { 'ses:FromAddress': getMailSender(from) } },
  })

/** Invalidation of paths of this distribution, and starting the function that does it. */
const cdnStatements = (
  stack: Stack,
  stage: Stage,
  { cdn: part }: FunctionDefinition,
  { distributionId: resourceName }: { readonly distributionId: string },
): PolicyStatement[] => {
  if (part === 'purge')
    return [
      allow(
        ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
        [stack.formatArn({ service: 'cloudfront', region: '', resource: 'distribution', resourceName })],
      ),
    ]
  return part === 'wake' ? [invokeStatement(stack, getPurgerName(stage))] : []
}

/** Invocation of the live version of another function. */
export const invokeStatement = (stack: Stack, name: string): PolicyStatement =>
  allow(
    ['lambda:InvokeFunction'],
    [
      stack.formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: `${name}:${LIVE}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  )

/**
 * Calls of the Data API, which reads the secret with the rights of the caller. Reports are single statements; whoever writes needs
 * transactions.
 */
const databaseStatements = ({ clusterArn, secretArn }: Database, isWriter: boolean): PolicyStatement[] => [
  allow(
    [
      'rds-data:ExecuteStatement',
      ...(isWriter
        ? ['BeginTransaction', 'CommitTransaction', 'RollbackTransaction'].map(one => `rds-data:${one}`)
        : []),
    ],
    [clusterArn],
  ),
  allow(['secretsmanager:GetSecretValue'], [secretArn]),
]

/** Grants the role exactly what the definition needs. */
export const grantPermissions = (
  role: Role,
  definition: FunctionDefinition,
  {
    stage,
    blobs,
    options,
    cdn,
    database,
  }: {
    readonly stage: Stage
    readonly blobs: Bucket
    readonly options: Options
    readonly cdn?: { readonly distributionId: string } | undefined
    readonly database: Database | undefined
  },
): void => {
  const stack = Stack.of(role)
  const secrets = secretsOf(definition, options)
  const rights = Map.groupBy(definition.tables, right => tableArn(stack, stage, right))
  const statements = [
    ...[...rights].flatMap(([arn, group]) => tableStatements(arn, group)),
    ...(definition.blobs ? blobStatements(blobs, definition.blobs) : []),
    ...(secrets.length > 0 ? [allow(['ssm:GetParameters'], secretArns(stack, stage, secrets))] : []),
    ...(cdn ? cdnStatements(stack, stage, definition, cdn) : []),
    ...(definition.usesDatabase && database ? databaseStatements(database, !hasRoutes(definition)) : []),
    ...(definition.erases && database ? [invokeStatement(stack, getReportsConsumerName(stage))] : []),
    ...(definition.sendsMail && options.mailFrom ? [mailStatement(stack, stage, options.mailFrom)] : []),
  ]
  for (const statement of statements) role.addToPolicy(statement)
}
