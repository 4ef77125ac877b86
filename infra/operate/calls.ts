/** Signed calls of AWS services in one Region, by the kinds of their protocols: query (XML), JSON, REST, and objects of S3. */
import { decodeXML } from 'entities'
import { createSigner } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createAwsClient } from '#src/core/aws/aws-request.ts'
import { headerOf } from '#src/core/aws/http-pool.ts'
import { MissingCredentials } from '#src/core/aws/sign.ts'

/** An error that the operator can fix; the message is one line that says how. */
export class OperatorError extends Error {}

/** CDK's name for its bootstrap resources. */
export const CDK_QUALIFIER = 'hnb659fds'

export type Answer = { readonly status: number; readonly text: string; readonly etag?: string | undefined }
type Service =
  | 'ssm'
  | 'sts'
  | 'cloudformation'
  | 'dynamodb'
  | 'ses'
  | 'lambda'
  | 'tagging'
  | 'cognito-idp'
  | 'monitoring'
  | 'sns'
  | 'cloudfront'
  | 'rds'
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Names of API versions, as the services' JSON protocols want them before the action. */
const JSON_TARGETS = {
  ssm: 'AmazonSSM',
  dynamodb: 'DynamoDB_20120810',
  tagging: 'ResourceGroupsTaggingAPI_20170126',
  'cognito-idp': 'AWSCognitoIdentityProviderService',
} as const
const QUERY_VERSIONS = {
  sts: '2011-06-15',
  cloudformation: '2010-05-15',
  monitoring: '2010-08-01',
  sns: '2010-03-31',
  rds: '2014-10-31',
} as const

export type Calls = {
  readonly region: string
  /** An action of a query service; lists are `Name.member.1.…`. */
  readonly query: (
    service: keyof typeof QUERY_VERSIONS,
    action: string,
    parameters?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
  readonly json: (service: keyof typeof JSON_TARGETS, action: string, body: object) => Promise<Answer>
  readonly rest: (service: 'ses' | 'lambda', path: string) => Promise<Answer>
  /** A request to CloudFront, which has one endpoint, with the Region us-east-1. */
  readonly cloudFront: (
    method: Method,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ) => Promise<Answer>
  /** A request to a bucket; `path` begins with a slash. */
  readonly bucket: (
    name: string,
    method: Method,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ) => Promise<Answer>
}

/** Value of the first element of this name, without entities. */
export const xmlValue = (text: string, element: string): string | undefined => {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1]
  return found === undefined ? undefined : decodeXML(found)
}

/** Key of an object, or prefix of keys, as the path of a request. */
export const objectPath = (key: string): string => `/${key.split('/').map(encodeURIComponent).join('/')}`

/** Gives back the answer if its status is 200. Throws OperatorError with the service's reason otherwise. */
export const expectOk = async (answer: Promise<Answer>, what: string): Promise<string> => {
  const { status, text } = await answer
  if (status === 200) return text
  const reason =
    xmlValue(text, 'Message') ?? /"[mM]essage":\s*"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 300)
  throw new OperatorError(`${what}: AWS responded with ${status} ${reason}`)
}

/** Calls in a Region; `endpoint` replaces AWS in tests. */
export const createCalls = (region: string, endpoint?: string): Calls => {
  const settings = readSettings({ ...process.env, AWS_REGION: region, DYNAMODB_ENDPOINT: 'aws' })
  const clients = new Map<string, ReturnType<typeof createAwsClient>>()
  const client = (service: Service | 's3', host: string) => {
    const known =
      clients.get(host) ?? createAwsClient(endpoint ?? `https://${host}`, createSigner(settings, service))
    clients.set(host, known)
    return async (...request: Parameters<typeof known>): Promise<Answer> => {
      const response = await known(...request).catch((error: unknown) => {
        if (error instanceof MissingCredentials)
          throw new OperatorError(`${error.message}; \`aws configure sso\` or AWS_PROFILE provides them`)
        throw new OperatorError(
          `${service} in ${region} cannot be reached: ${error instanceof Error ? error.message : error}`,
        )
      })
      return { status: response.status, text: response.body.toString(), etag: headerOf(response, 'etag') }
    }
  }
  const at = (service: Service) =>
    client(service, `${service === 'ses' ? 'email' : service}.${region}.amazonaws.com`)
  return {
    region,
    query: (service, action, parameters = {}) =>
      at(service)({
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `${new URLSearchParams({ Action: action, Version: QUERY_VERSIONS[service], ...parameters })}`,
      }),
    json: (service, action, body) =>
      at(service)({
        method: 'POST',
        path: '/',
        headers: {
          'content-type': `application/x-amz-json-${service === 'dynamodb' ? '1.0' : '1.1'}`,
          'x-amz-target': `${JSON_TARGETS[service]}.${action}`,
        },
        body: JSON.stringify(body),
      }),
    rest: (service, path) => at(service)({ method: 'GET', path }),
    cloudFront: (method, path, headers = {}, body) =>
      client(
        'cloudfront',
        'cloudfront.amazonaws.com',
      )({ method, path, headers: { ...headers }, ...(body === undefined ? {} : { body }) }),
    bucket: (name, method, path, headers = {}, body) =>
      client(
        's3',
        `${name}.s3.${region}.amazonaws.com`,
      )({
        method,
        path: (endpoint ? `/${name}` : '') + path,
        headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
        ...(body ? { body } : {}),
      }),
  }
}
