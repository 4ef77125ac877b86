/** IAM permissions of functions: exactly the calls and resources that src/lambda/functions.ts implies. */
import { ArnFormat, Stack } from 'aws-cdk-lib'
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { FunctionDefinition, Right } from '#src/lambda/functions.ts'
import { TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'
import { getMailSender } from '../settings/mail-domain.ts'
import { getConfigurationSet, getSecretsPath, getTableNames, type Stage } from '../settings/stage.ts'

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']
/** A transaction requires the permissions of its parts. */
const WRITE = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
]
/** Only functions that maintain the index scan the books table, when there is no snapshot. */
const mayScan = ({ blobs }: FunctionDefinition, id: TableId): boolean => id === 'books' && blobs === 'write'

const allow = (actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] })

const tableArns = (stack: Stack, stage: Stage, id: TableId): string[] => {
  const { indexes }: TableDefinition = TABLES[id]
  const table = stack.formatArn({
    service: 'dynamodb',
    resource: 'table',
    resourceName: getTableNames(stage)[id],
  })
  return [table, ...Object.keys(indexes).map(index => `${table}/index/${index}`)]
}

const tableStatements = (
  stack: Stack,
  stage: Stage,
  definition: FunctionDefinition,
  [id, right]: [TableId, Right],
): PolicyStatement[] => {
  const [table = '', ...indexes] = tableArns(stack, stage, id)
  const scan = mayScan(definition, id) ? ['dynamodb:Scan'] : []
  return [
    allow([...READ, ...scan, ...(right === 'write' ? WRITE : [])], [table]),
    ...(indexes.length > 0 ? [allow(['dynamodb:Query'], indexes)] : []),
  ]
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

/** Grants the role exactly what the definition needs. */
export const grantPermissions = (
  role: Role,
  definition: FunctionDefinition,
  {
    stage,
    blobs,
    mailFrom,
  }: { readonly stage: Stage; readonly blobs: Bucket; readonly mailFrom?: string | undefined },
): void => {
  const stack = Stack.of(role)
  const rights = Object.entries(definition.tables) as [TableId, Right][]
  const statements = [
    ...rights.flatMap(one => tableStatements(stack, stage, definition, one)),
    ...(definition.blobs ? blobStatements(blobs, definition.blobs) : []),
    ...(definition.secrets.length > 0
      ? [allow(['ssm:GetParameters'], secretArns(stack, stage, definition.secrets))]
      : []),
    ...(definition.sendsMail && mailFrom ? [mailStatement(stack, stage, mailFrom)] : []),
  ]
  for (const statement of statements) role.addToPolicy(statement)
}
