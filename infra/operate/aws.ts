/** AWS calls of a deployment besides CloudFormation: account, SSM parameters, bucket objects, table streams. */

import { createDatabase, createSigner } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createAwsClient } from '#src/core/aws/aws-request.ts'
import { MissingCredentials } from '#src/core/aws/sign.ts'

/** An error that the operator can fix; the message is one line that says how. */
export class OperatorError extends Error {}

export type Aws = {
  readonly region: string
  /** Account id of the credentials. Throws OperatorError if there are none or they are not accepted. */
  readonly account: () => Promise<string>
  /** Decrypted values of parameters; missing ones are left out. */
  readonly parameters: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Writes a SecureString with the account's default SSM key, which is free. */
  readonly writeSecret: (name: string, value: string) => Promise<void>
  readonly removeParameters: (names: readonly string[]) => Promise<void>
  /** Outputs of a stack; empty if the stack does not exist. */
  readonly stackOutputs: (name: string) => Promise<Readonly<Record<string, string>>>
  readonly put: (
    bucket: string,
    key: string,
    body: Uint8Array,
    headers: Record<string, string>,
  ) => Promise<void>
  /** Deletes all objects of a bucket in all versions. */
  readonly empty: (bucket: string) => Promise<void>
  /** Stream ARN of a table in this Region; undefined if it has none. */
  readonly findStream: (table: string) => Promise<string | undefined>
}

const FORM_HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

type Answer = { readonly status: number; readonly body: Buffer }
const bodyText = ({ body }: Answer): string => body.toString()

/** AWS clients for one Region; `endpoint` replaces AWS in tests. */
export const createAws = (region: string, endpoint?: string): Aws => {
  const settings = readSettings({ ...process.env, AWS_REGION: region, DYNAMODB_ENDPOINT: 'aws' })
  const at = (service: 'ssm' | 'sts' | 'cloudformation', host: string) =>
    createAwsClient(endpoint ?? `https://${host}`, createSigner(settings, service))
  const ssm = at('ssm', `ssm.${region}.amazonaws.com`)
  const sts = at('sts', `sts.${region}.amazonaws.com`)
  const stacks = at('cloudformation', `cloudformation.${region}.amazonaws.com`)
  const s3 = (bucket: string) => {
    const send = createAwsClient(
      endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`,
      createSigner(settings, 's3'),
    )
    const before = endpoint ? `/${bucket}` : ''
    return (method: 'GET' | 'PUT' | 'DELETE', path: string, headers = {}, body?: Uint8Array) =>
      send({
        method,
        path: before + path,
        headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
        ...(body ? { body } : {}),
      })
  }

  const parameter = async (action: string, body: object): Promise<Answer> =>
    ssm({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${action}` },
      body: JSON.stringify(body),
    })

  return {
    region,

    account: async (): Promise<string> => {
      const answer = await sts({
        method: 'POST',
        path: '/',
        headers: FORM_HEADERS,
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
      }).catch((error: unknown) => {
        if (error instanceof MissingCredentials)
          throw new OperatorError(`${error.message}; \`aws configure sso\` or AWS_PROFILE provides them`)
        throw new OperatorError(`AWS cannot be reached: ${error instanceof Error ? error.message : error}`)
      })
      const found = /<Account>(\d{12})<\/Account>/.exec(bodyText(answer))?.[1]
      if (!found) throw new OperatorError(`AWS does not accept these credentials (${answer.status})`)
      return found
    },

    parameters: async (names: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      const answer = await parameter('GetParameters', { Names: names, WithDecryption: true })
      if (answer.status !== 200)
        throw new OperatorError(`SSM responded with ${answer.status}: ${bodyText(answer)}`)
      const { Parameters } = JSON.parse(bodyText(answer)) as { Parameters: { Name: string; Value: string }[] }
      return new Map(Parameters.map(({ Name, Value }) => [Name, Value]))
    },

    writeSecret: async (name: string, value: string): Promise<void> => {
      const answer = await parameter('PutParameter', {
        Name: name,
        Value: value,
        Type: 'SecureString',
        Overwrite: true,
      })
      if (answer.status !== 200)
        throw new OperatorError(`SSM responded with ${answer.status} when writing ${name}`)
    },

    removeParameters: async (names: readonly string[]): Promise<void> => {
      await parameter('DeleteParameters', { Names: names })
    },

    stackOutputs: async (name: string): Promise<Readonly<Record<string, string>>> => {
      const answer = await stacks({
        method: 'POST',
        path: '/',
        headers: FORM_HEADERS,
        body: `Action=DescribeStacks&Version=2010-05-15&StackName=${encodeURIComponent(name)}`,
      })
      const outputs = bodyText(answer).matchAll(/<member>(?:(?!<\/member>).)*<OutputKey>.*?<\/member>/gs)
      return Object.fromEntries(
        [...outputs].map(([text]) => [
          /<OutputKey>(.*?)<\/OutputKey>/.exec(text)?.[1] ?? '',
          /<OutputValue>(.*?)<\/OutputValue>/.exec(text)?.[1] ?? '',
        ]),
      )
    },

    put: async (bucket: string, key: string, body: Uint8Array, headers: Record<string, string>) => {
      const path = `/${key.split('/').map(encodeURIComponent).join('/')}`
      const length = { 'content-length': String(body.byteLength) }
      const answer = await s3(bucket)('PUT', path, { ...headers, ...length }, body)
      if (answer.status !== 200)
        throw new OperatorError(`S3 responded with ${answer.status} when writing ${key} to ${bucket}`)
    },

    empty: async (bucket: string): Promise<void> => {
      const ask = s3(bucket)
      for (;;) {
        const answer = await ask('GET', '/?versions=')
        // The bucket does not exist any more.
        if (answer.status === 404) return
        if (answer.status !== 200)
          throw new OperatorError(`S3 responded with ${answer.status} when listing ${bucket}`)
        const found = [
          ...bodyText(answer).matchAll(
            /<(?:Version|DeleteMarker)>.*?<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/gs,
          ),
        ]
        if (found.length === 0) return
        for (const [, key = '', version = ''] of found)
          await ask('DELETE', `/${key.split('/').map(encodeURIComponent).join('/')}?versionId=${version}`)
      }
    },

    findStream: async (table: string): Promise<string | undefined> => {
      const db = createDatabase(settings)
      try {
        const { Table } = (await db.admin('DescribeTable', { TableName: table })) as {
          Table: { LatestStreamArn?: string }
        }
        return Table.LatestStreamArn
      } finally {
        await db.close()
      }
    },
  }
}
