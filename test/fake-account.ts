/**
 * Fake AWS account for the operator's commands: stacks, tables, buckets, tags, user pools, mail and limits, by Region, on a local
 * port. It keeps the rules on which the commands depend: a protected table or stack cannot be deleted, a bucket with objects neither,
 * and a stack imports only what exists.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Resource, TemplateJson } from '../infra/standing-costs.ts'
import { cloudWatch, createAlarms, type FakeAlarms, type Reply, sns } from './fake-alarms.ts'
import { edgeFunctions, type FakeEdgeFunction } from './fake-edge-functions.ts'

type FakeStack = {
  status: string
  template?: TemplateJson
  outputs?: Record<string, string>
  isProtected?: boolean
  /** Status of its first deletion, if it fails. */
  deletion?: string
}
type FakeTable = { isProtected: boolean; replicas: string[]; stream?: string }
type FakeBucket = { tags: Record<string, string>; objects: Map<string, string> }

export type FakeRegion = FakeAlarms & {
  stacks: Map<string, FakeStack>
  tables: Map<string, FakeTable>
  buckets: Map<string, FakeBucket>
  pools: Map<string, { tags: Record<string, string>; isProtected: boolean }>
  /** Whether each is verified, by domain. */
  identities: Map<string, boolean>
  mail: { ProductionAccessEnabled: boolean; SendingEnabled: boolean; SendQuota: object }
  concurrency: { ConcurrentExecutions: number; UnreservedConcurrentExecutions: number }
  backups: string[]
  /** Clusters of databases, and their snapshots. */
  clusters: Map<string, { isProtected: boolean }>
  snapshots: string[]
  /** Items that were stored. */
  readonly items: { readonly table: string; readonly item: unknown }[]
  /** Buckets of production that are gone, but still listed by their tags. */
  deleted: string[]
  parameters: Map<string, string>
  /** CloudFront's, in us-east-1. */
  edgeFunctions: Map<string, FakeEdgeFunction>
}

const json = (body: object): Reply => [200, JSON.stringify(body)]
const refusal = (type: string, message: string): Reply => [400, JSON.stringify({ __type: type, message })]
const queryRefusal = (message: string): Reply => [
  400,
  `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
]
const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const createRegion = (): FakeRegion => ({
  stacks: new Map(),
  tables: new Map(),
  buckets: new Map(),
  pools: new Map(),
  identities: new Map(),
  mail: {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14 },
  },
  concurrency: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 },
  backups: [],
  clusters: new Map(),
  snapshots: [],
  items: [],
  deleted: [],
  ...createAlarms(),
  edgeFunctions: new Map(),
  parameters: new Map([['/cdk-bootstrap/hnb659fds/version', '30']]),
})

const describeStack = (name: string, { status, outputs = {} }: FakeStack): Reply => [
  200,
  `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus><Outputs>${Object.entries(
    outputs,
  )
    .map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${escapeXml(value)}</OutputValue></member>`,
    )
    .join('')}</Outputs></member>`,
]

/** Names that a change set imports: those of tables have to exist. */
const importedIds = (form: URLSearchParams): [string, string][] =>
  [...form]
    .filter(([key]) => key.endsWith('ResourceIdentifier.entry.1.value'))
    .map(([key, value]) => [form.get(key.replace('value', 'key')) ?? '', value])

const exists = ({ tables, buckets, pools }: FakeRegion, [key, id]: [string, string]): boolean =>
  ({ TableName: tables, BucketName: buckets, UserPoolId: pools })[key]?.has(id) ?? false

const templateOf = ({ buckets }: FakeRegion, form: URLSearchParams): string => {
  const body = form.get('TemplateBody')
  if (body !== null) return body
  const { hostname, pathname } = new URL(form.get('TemplateURL') ?? '')
  return buckets.get(hostname.split('.')[0] ?? '')?.objects.get(pathname.slice(1)) ?? ''
}

/** Deletes the cluster that a resource is, as its deletion policy says. Returns why it cannot. */
export const deleteCluster = (
  { clusters, snapshots }: FakeRegion,
  { Type, Properties = {}, DeletionPolicy }: Resource,
): string | undefined => {
  const name = String(Properties.DBClusterIdentifier)
  if (Type !== 'AWS::RDS::DBCluster' || !clusters.has(name)) return undefined
  if (clusters.get(name)?.isProtected) return `Cluster ${name} is protected`
  clusters.delete(name)
  if (DeletionPolicy === 'Snapshot') snapshots.push(`${name}-snapshot-${snapshots.length}`)
  return undefined
}

const rds = ({ clusters, snapshots }: FakeRegion, form: URLSearchParams): Reply => {
  const action = form.get('Action')
  const cluster = clusters.get(form.get('DBClusterIdentifier') ?? '')
  if (action === 'ModifyDBCluster') {
    if (!cluster) return [404, '<Error><Code>DBClusterNotFoundFault</Code></Error>']
    cluster.isProtected = form.get('DeletionProtection') === 'true'
  }
  const snapshot = form.get('DBClusterSnapshotIdentifier')
  if (action === 'DeleteDBClusterSnapshot' && snapshot) snapshots.splice(snapshots.indexOf(snapshot), 1)
  const named = snapshots.filter(name => name.startsWith(`${form.get('DBClusterIdentifier')}-snapshot`))
  return [
    200,
    named.map(name => `<DBClusterSnapshotIdentifier>${name}</DBClusterSnapshotIdentifier>`).join(''),
  ]
}

const cloudFormation = (region: FakeRegion, form: URLSearchParams): Reply => {
  const name = form.get('StackName') ?? ''
  const found = region.stacks.get(name)
  const action = form.get('Action')
  if (action === 'CreateChangeSet') {
    const wanted = importedIds(form)
    const missing = wanted.filter(one => !exists(region, one))
    if ((form.get('TemplateBody') ?? '').length > 51_200) return queryRefusal('the template is too long')
    const template = JSON.parse(templateOf(region, form)) as TemplateJson
    region.stacks.set(name, {
      ...found,
      status: found?.status ?? 'REVIEW_IN_PROGRESS',
      outputs: { ...found?.outputs, changeSet: missing.length > 0 ? 'FAILED' : 'CREATE_COMPLETE' },
      template,
    })
    return [200, '<Id>1</Id>']
  }
  if (!found) return queryRefusal(`Stack with id ${name} does not exist`)
  switch (action) {
    case 'DescribeStacks':
      return describeStack(name, found)
    case 'ListStackResources': {
      // One at a time, as a long list comes in pages. The physical id is the logical one.
      const all = Object.entries(found.template?.Resources ?? {})
      const at = Number(form.get('NextToken') ?? 0)
      const [id, resource] = all[at] ?? []
      const next = at + 1 < all.length ? `<NextToken>${at + 1}</NextToken>` : ''
      return [
        200,
        `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${resource?.Type}</ResourceType></member>${next}`,
      ]
    }
    case 'GetTemplate':
      return [200, `<TemplateBody>${escapeXml(JSON.stringify(found.template ?? {}))}</TemplateBody>`]
    case 'UpdateTerminationProtection':
      found.isProtected = form.get('EnableTerminationProtection') === 'true'
      return [200, '<StackId>1</StackId>']
    case 'DeleteStack':
      if (found.isProtected)
        return queryRefusal(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`)
      for (const resource of Object.values(found.template?.Resources ?? {})) {
        const problem = deleteCluster(region, resource)
        if (problem) return queryRefusal(problem)
      }
      if (found.deletion && !form.get('DeletionMode')) found.status = found.deletion
      else region.stacks.delete(name)
      return [200, '']
    case 'DescribeChangeSet': {
      const status = found.outputs?.changeSet
      const execution = found.status === 'IMPORT_COMPLETE' ? 'EXECUTE_COMPLETE' : 'AVAILABLE'
      return [
        200,
        `<Status>${status}</Status><StatusReason>a resource does not exist</StatusReason><ExecutionStatus>${execution}</ExecutionStatus>`,
      ]
    }
    case 'ExecuteChangeSet':
      found.status = 'IMPORT_COMPLETE'
      return [200, '']
    default:
      return [200, '']
  }
}

const dynamo = (
  regions: (name: string) => FakeRegion,
  at: string,
  action: string,
  body: Record<string, never>,
): Reply => {
  const region = regions(at)
  const name = String(body.TableName)
  const found = region.tables.get(name)
  if (action === 'DescribeBackup')
    return json({ BackupDescription: { BackupDetails: { BackupStatus: 'AVAILABLE' } } })
  if (!found) return refusal('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', `no table ${name}`)
  if (action === 'PutItem') {
    region.items.push({ table: name, item: body.Item })
    return json({})
  }
  if (action === 'CreateBackup') {
    region.backups.push(String(body.BackupName))
    return json({ BackupDetails: { BackupArn: 'arn:aws:dynamodb:backup/1' } })
  }
  if (action === 'UpdateTable' && 'DeletionProtectionEnabled' in body)
    found.isProtected = body.DeletionProtectionEnabled
  for (const { Delete } of (body.ReplicaUpdates ?? []) as { Delete: { RegionName: string } }[]) {
    if (regions(Delete.RegionName).tables.get(name)?.isProtected)
      return refusal('ValidationException', `the replica of ${name} in ${Delete.RegionName} is protected`)
    regions(Delete.RegionName).tables.delete(name)
    found.replicas = found.replicas.filter(one => one !== Delete.RegionName)
  }
  if (action === 'DeleteTable') {
    if (found.isProtected || found.replicas.length > 0)
      return refusal('ValidationException', `table ${name} is protected or has replicas`)
    region.tables.delete(name)
  }
  const Replicas = found.replicas.map(RegionName => ({ RegionName }))
  return json({ Table: { TableStatus: 'ACTIVE', Replicas, LatestStreamArn: found.stream } })
}

const tagging = (
  { buckets, pools, deleted }: FakeRegion,
  body: { TagFilters: { Key: string; Values?: string[] }[] },
): Reply => {
  const isWanted = (tags: Record<string, string>) =>
    body.TagFilters.every(({ Key, Values }) => Key in tags && (!Values || Values.includes(tags[Key] ?? '')))
  const all = [
    ...deleted.map(id => [`arn:aws:s3:::${id}`, { shop: 'cloudshelf-prod', part: 'blobs' }] as const),
    ...[...buckets].map(([id, { tags }]) => [`arn:aws:s3:::${id}`, tags] as const),
    ...[...pools].map(([id, { tags }]) => [`arn:aws:cognito-idp:eu:1:userpool/${id}`, tags] as const),
  ].filter(([, tags]) => isWanted(tags))
  return json({
    PaginationToken: '',
    ResourceTagMappingList: all.map(([ResourceARN, tags]) => ({
      ResourceARN,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  })
}

type SsmRequest = { Name: string; Value: string; Names: string[] }

const ssm = ({ parameters }: FakeRegion, action: string, { Name, Value, Names }: SsmRequest): Reply => {
  if (action === 'PutParameter') parameters.set(Name, Value)
  if (action === 'DeleteParameters') for (const name of Names) parameters.delete(name)
  const found = action === 'GetParameters' ? Names.filter(name => parameters.has(name)) : []
  return json({ Parameters: found.map(name => ({ Name: name, Value: parameters.get(name) })) })
}

const cognito = ({ pools }: FakeRegion, action: string, { UserPoolId }: { UserPoolId: string }): Reply => {
  const pool = pools.get(UserPoolId)
  if (!pool) return refusal('ResourceNotFoundException', 'no such pool')
  if (action === 'DescribeUserPool') return json({})
  if (action === 'UpdateUserPool') pool.isProtected = false
  else if (pool.isProtected) return refusal('InvalidParameterException', 'the pool is protected')
  else pools.delete(UserPoolId)
  return json({})
}

const PAGE = 2

const s3 = (
  all: ReadonlyMap<string, FakeRegion>,
  method: string,
  url: URL,
  source: string,
  body: string,
): Reply => {
  const [, name = '', ...rest] = url.pathname.split('/')
  const key = rest.map(decodeURIComponent).join('/')
  const owner = [...all.values()].find(({ buckets }) => buckets.has(name))
  const bucket = owner?.buckets.get(name)
  if (!bucket) return [404, '<Error><Code>NoSuchBucket</Code></Error>']
  const { objects } = bucket
  if (method === 'PUT' && source) {
    const [, from = '', ...path] = source.split('/')
    const found = [...all.values()]
      .flatMap(({ buckets }) => buckets.get(from) ?? [])[0]
      ?.objects.get(path.map(decodeURIComponent).join('/'))
    if (found === undefined) return [404, '<Error><Message>no such key</Message></Error>']
    objects.set(key, found)
    return [200, '<CopyObjectResult></CopyObjectResult>']
  }
  if (method === 'PUT') objects.set(key, body)
  if (method === 'DELETE' && key) objects.delete(key)
  else if (method === 'DELETE') {
    if (objects.size > 0) return [409, '<Error><Message>The bucket is not empty</Message></Error>']
    owner?.buckets.delete(name)
  }
  if (method !== 'GET') return [method === 'DELETE' ? 204 : 200, '']
  if (url.searchParams.has('versions'))
    return [
      200,
      [...objects.keys()]
        .map(one => `<Version><Key>${escapeXml(one)}</Key><VersionId>1</VersionId></Version>`)
        .join(''),
    ]
  const keys = [...objects.keys()].filter(one => one.startsWith(url.searchParams.get('prefix') ?? '')).sort()
  const start = Number(url.searchParams.get('continuation-token') ?? 0)
  const listed = keys
    .slice(start, start + PAGE)
    .map(
      one => `<Contents><Key>${escapeXml(one)}</Key><ETag>&quot;${objects.get(one)}&quot;</ETag></Contents>`,
    )
  const more = keys.length > start + PAGE
  return [
    200,
    listed.join('') + (more ? `<NextContinuationToken>${start + PAGE}</NextContinuationToken>` : ''),
  ]
}

/** Starts the fake. `region(name)` is what it holds in a Region; `calls` lists what was asked, as `region service action`. */
export const startFakeAccount = async () => {
  const regions = new Map<string, FakeRegion>()
  const region = (name: string): FakeRegion => {
    const known = regions.get(name) ?? createRegion()
    regions.set(name, known)
    return known
  }
  const calls: string[] = []

  const rest = ({ identities, mail, concurrency }: FakeRegion, path: string): Reply => {
    const identity = /^\/v2\/email\/identities\/(.+)$/.exec(path)?.[1]
    if (identity) {
      const isVerified = identities.get(decodeURIComponent(identity))
      return isVerified === undefined ? [404, '{}'] : json({ VerifiedForSendingStatus: isVerified })
    }
    return json(path === '/v2/email/account' ? mail : { AccountLimit: concurrency })
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', headers } = request
    const url = new URL(request.url ?? '', 'http://fake')
    const [, , at = '', service] =
      /Credential=(\S+),/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? []
    const action =
      String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? ''
    const form = new URLSearchParams(body)
    calls.push(`${at} ${service} ${action || form.get('Action') || `${method} ${url.pathname}`}`)
    const reply = (): Reply => {
      if (service === 'cloudformation') return cloudFormation(region(at), form)
      if (service === 'rds') return rds(region(at), form)
      if (service === 'sns') return sns(region(at), form)
      if (service === 'monitoring') return cloudWatch(region(at), form)
      if (service === 'dynamodb') return dynamo(region, at, action, JSON.parse(body))
      if (service === 'ssm') return ssm(region(at), action, JSON.parse(body))
      if (service === 'tagging') return tagging(region(at), JSON.parse(body))
      if (service === 'cognito-idp') return cognito(region(at), action, JSON.parse(body))
      if (service === 's3') return s3(regions, method, url, String(headers['x-amz-copy-source'] ?? ''), body)
      if (service === 'ses' || service === 'lambda') return rest(region(at), url.pathname)
      if (service === 'cloudfront')
        return edgeFunctions(region(at).edgeFunctions, method, url, String(headers['if-match'] ?? ''), body)
      if (service === 'sts') return [200, '<Account>123456789012</Account>']
      return [403, '']
    }
    const [status, text, more = {}] = reply()
    response.writeHead(status, more).end(text)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, region, calls, close: () => server.close() }
}
