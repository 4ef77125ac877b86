/**
 * Tests of whole deployments and removals on a fake account, with real templates: what is asked, adopted, kept and deleted. CDK is
 * replaced by a fake that follows CloudFormation's rules for names, protection and deletion policies.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSettings } from '#src/composition/settings.ts'
import { deleteCluster, type FakeRegion, startFakeAccount } from '../../test/fake-account.ts'
import { CLUSTER_ARN, DATABASE_SECRET_ARN } from '../../test/fake-data-api.ts'
import { type Properties, synthesize } from '../../test/stacks.ts'
import { parseRecordedOptions } from '../settings/recorded-options.ts'
import { getStage, getTableNames } from '../settings/stage.ts'
import type { Resource, TemplateJson } from '../standing-costs.ts'
import { type Flag, readArgs } from './args.ts'
import { createAws } from './aws.ts'
import { isClosed, setClosed, waitUntilClosed } from './maintenance-page.ts'

vi.setConfig({ testTimeout: 60_000 })

const state = vi.hoisted(() => ({
  fake: undefined as unknown,
  assembly: {} as Record<string, unknown>,
  context: {} as Record<string, string>,
  parameters: [] as string[],
}))
const account = () => state.fake as Awaited<ReturnType<typeof startFakeAccount>>
const EU = 'eu-central-1'
const regionOf = (stack: string): FakeRegion =>
  account().region(stack.endsWith('-edge') ? 'us-east-1' : stack.includes('standby') ? 'eu-west-1' : EU)

const tagsOf = ({ Tags = [], UserPoolTags = {} }: Properties): Record<string, string> => ({
  ...UserPoolTags,
  ...Object.fromEntries(Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value])),
})

/** Creates the resources of a template that hold data or have names that others may have taken. */
const createResource = (
  region: FakeRegion,
  stack: string,
  id: string,
  { Type, Properties = {} }: Resource,
) => {
  const properties = Properties as Properties
  const refuse = (name: string) => {
    throw new Error(`${name} already exists`)
  }
  if (Type === 'AWS::DynamoDB::GlobalTable') {
    if (region.tables.has(properties.TableName)) refuse(properties.TableName)
    region.tables.set(properties.TableName, {
      isProtected: properties.Replicas[0].DeletionProtectionEnabled === true,
      replicas: [],
    })
  }
  if (Type === 'AWS::CloudFront::Function') {
    const code = String(properties.FunctionCode)
    region.edgeFunctions.set(properties.Name, { live: code, development: code, version: 1 })
  }
  if (Type === 'AWS::RDS::DBCluster')
    region.clusters.set(properties.DBClusterIdentifier, {
      isProtected: properties.DeletionProtection === true,
    })
  if (Type === 'AWS::S3::Bucket')
    region.buckets.set(`${stack}-${id}`.toLowerCase(), { tags: tagsOf(properties), objects: new Map() })
  if (Type === 'AWS::Cognito::UserPool')
    region.pools.set(`${stack}-${id}`, { tags: tagsOf(properties), isProtected: true })
  if (Type === 'AWS::SES::EmailIdentity') {
    if (region.identities.has(properties.EmailIdentity)) refuse(properties.EmailIdentity)
    region.identities.set(properties.EmailIdentity, true)
  }
}

const bucketOf = ({ buckets }: FakeRegion, stack: string, part: string): string => {
  const shop = `cloudshelf-${stack.split('-')[1]}`
  return [...buckets].find(([, { tags }]) => tags.part === part && tags.shop === shop)?.[0] ?? ''
}

const DATABASE_OUTPUTS = { ClusterArn: CLUSTER_ARN, SecretArn: DATABASE_SECRET_ARN }

const isChangedFunction = (before: Resource | undefined, now: Resource): boolean =>
  now.Type === 'AWS::CloudFront::Function' && JSON.stringify(before) !== JSON.stringify(now)

const applyStack = (stack: string): Record<string, string> => {
  const region = regionOf(stack)
  const template = state.assembly[stack] as TemplateJson & { Outputs?: Record<string, { Value: unknown }> }
  const before = region.stacks.get(stack)?.template?.Resources ?? {}
  for (const [id, resource] of Object.entries(template.Resources ?? {}))
    if (!(id in before) || isChangedFunction(before[id], resource))
      createResource(region, stack, id, resource)
  const outputs = {
    Options: String(template.Outputs?.Options?.Value),
    Address: 'https://shop.example',
    AssetsBucket: bucketOf(region, stack, 'assets'),
    BlobsBucket: bucketOf(region, stack, 'blobs'),
    ...(/-(standby-)?data$/.test(stack) ? DATABASE_OUTPUTS : {}),
    ...(template.Outputs?.KeysQueue ? { KeysQueue: 'https://sqs.example/keys' } : {}),
  }
  region.stacks.set(stack, {
    status: 'UPDATE_COMPLETE',
    template,
    outputs,
    isProtected: /prod-.*store/.test(stack),
  })
  return outputs
}

const removeStack = (stack: string): void => {
  const region = regionOf(stack)
  const found = region.stacks.get(stack)
  if (found?.isProtected) throw new Error(`${stack} is protected`)
  for (const resource of Object.values(found?.template?.Resources ?? {})) {
    const problem = deleteCluster(region, resource)
    if (problem) throw new Error(problem)
  }
  const gone = Object.values(found?.template?.Resources ?? {}).filter(
    ({ DeletionPolicy }) => !String(DeletionPolicy).startsWith('Retain'),
  )
  for (const { Type, Properties = {} } of gone) {
    if (Type === 'AWS::DynamoDB::GlobalTable') region.tables.delete(String(Properties.TableName))
    if (Type !== 'AWS::S3::Bucket') continue
    const bucket = bucketOf(region, stack, tagsOf(Properties as Properties).part ?? '')
    if (region.buckets.get(bucket)?.objects.size) throw new Error(`${bucket} is not empty`)
    region.buckets.delete(bucket)
  }
  region.stacks.delete(stack)
}

vi.mock('./cdk.ts', async importOriginal => ({
  ...(await importOriginal<object>()),
  synthesize: (context: Record<string, string>) => {
    const { natives: _, ...said } = context
    const { stage, templates } = { stage: context.stage, ...synthesize(said) }
    state.context = context
    state.assembly = Object.fromEntries(
      Object.entries(templates).map(([short, template]) => [`CloudShelf-${stage}-${short}`, template]),
    )
  },
  readTemplate: (stack: string) => state.assembly[stack],
  deploy: (stacks: string[], parameters: string[] = []) => {
    state.parameters.push(...parameters)
    return Object.fromEntries(stacks.map(stack => [stack, applyStack(stack)]))
  },
  destroy: (stacks: string[]) => stacks.forEach(removeStack),
}))
vi.mock('./aws.ts', async importOriginal => {
  const original = await importOriginal<typeof import('./aws.ts')>()
  return { ...original, createAws: (region: string) => original.createAws(region, account().endpoint, 1) }
})
vi.mock('./verify.ts', () => ({ verifyTables: () => {}, waitForHealth: async () => {} }))
vi.mock('../native-deps.ts', async importOriginal => ({
  ...(await importOriginal<object>()),
  fetchNativeDeps: () => {},
}))
const client = mkdtempSync(join(tmpdir(), 'cloudshelf-pages-'))
vi.mock('../bundle.ts', () => ({ pagesFolder: async () => client }))
vi.mock('./upload.ts', () => ({ uploadAssets: async () => 0 }))

const { deployShop } = await import('./deployment.ts')
const { destroyShop } = await import('./removal.ts')
const { activateRegion } = await import('./active-region.ts')

const said: string[] = []
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_REGION', EU)
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  said.length = 0
  state.parameters = []
  state.fake = await startFakeAccount()
})
afterEach(() => {
  account().close()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Arguments as they are typed: `stage=prod` becomes `--context stage=prod`. */
const typed = (words: string): string[] =>
  words
    .split(' ')
    .flatMap(word => (word.startsWith('--') || !word.includes('=') ? [word] : ['--context', word]))
const deploy = async (words: string): Promise<void> =>
  deployShop(await readArgs(typed(words), ['yes', 'adopt']))
const DESTROY: Flag[] = ['yes', 'with-data', 'final-backup', 'confirm']
const destroy = async (words: string): Promise<void> => {
  const read = (last = {}) => readArgs(typed(words), DESTROY, last)
  return destroyShop(await read(), read)
}
const PROD = 'stage=prod mailFrom=orders@shop.example cognito=my-shop'
const stacks = (region = EU): string[] => [...account().region(region).stacks.keys()].sort()

test('production without mail is not deployed without a yes; with it, later deployments are asked nothing until an option is left out', async () => {
  await expect(deploy('stage=prod')).rejects.toThrow('confirm with --yes')
  expect(said.join('\n')).toMatch(/Before this deployment, confirm:\n {2}- there is no way for mail/)
  expect(stacks()).toEqual([])
  await deploy(PROD)
  expect(stacks()).toEqual(['CloudShelf-prod-shop', 'CloudShelf-prod-store'])
  expect(state.parameters.filter(one => one.includes(':Inputs='))).toHaveLength(2)
  // The CDN has pages of the release before.
  expect(account().region(EU).items).toMatchObject([
    {
      table: 'cloudshelf-control',
      item: {
        pk: { S: 'cdn-purge' },
        sk: { S: expect.stringMatching(/^change#/) },
        everything: { BOOL: true },
        lists: { BOOL: true },
      },
    },
  ])
  await deploy(PROD)
  await expect(deploy('stage=prod mailFrom=orders@shop.example')).rejects.toThrow('confirm with --yes')
  expect(said.join('\n')).toMatch(
    /cognito was my-shop and is left out: keep it with --context cognito=my-shop\n.*UserPool/s,
  )
  await deploy('stage=prod mailFrom=orders@shop.example --yes')
  // Outputs of the store that are other ones are other inputs of the shop.
  const inputs = () => state.parameters.filter(one => one.startsWith('CloudShelf-prod-shop:Inputs=')).at(-1)
  const before = inputs()
  await deploy('stage=prod mailFrom=orders@shop.example')
  expect(inputs()).toBe(before)
  const { buckets } = account().region(EU)
  const images = [...buckets].find(([, { tags }]) => tags.part === 'blobs')
  if (!images) throw new Error('there is no bucket for images')
  buckets.delete(images[0])
  buckets.set('other-images', images[1])
  await deploy('stage=prod mailFrom=orders@shop.example')
  expect(inputs()).not.toBe(before)
})

test('Stripe is not switched on without its secrets, nor taken back unasked, and its address is printed', async () => {
  const stripe = `${PROD} paymentMethods=stripe,invoice`
  await expect(deploy(stripe)).rejects.toThrow('paymentMethods=stripe requires stripe-key and stripe-webhook')
  expect(stacks()).toEqual([])
  const { parameters } = account().region(EU)
  parameters.set('/cloudshelf/prod/stripe-key', 'sk_test_1234567890')
  parameters.set('/cloudshelf/prod/stripe-webhook', 'whsec_1234567890123456')
  await expect(deploy(stripe)).rejects.toThrow('confirm with --yes')
  expect(said.join('\n')).toContain('- the Stripe key is a test key')
  parameters.set('/cloudshelf/prod/stripe-key', 'sk_live_1234567890')
  await deploy(stripe)
  expect(said.join('\n')).toContain('events to https://shop.example/api/payments/events/stripe')
  await expect(deploy(PROD)).rejects.toThrow('confirm with --yes')
  expect(said.join('\n')).toMatch(/- paymentMethods was stripe,invoice and becomes invoice, its default/)
  expect(said.join('\n')).not.toMatch(/sk_|whsec_/)
})

test('the printed line sets everything that commands need: tables, bucket, address, currency, mail; in a shell as in the settings', async () => {
  const words = ['stage=prod', 'mailFrom=Shelf <orders@shop.example>', 'currency=JPY', "shopName=Ann's Books"]
  await deployShop(
    await readArgs(
      words.flatMap(word => ['--context', word]),
      ['yes', 'adopt'],
    ),
  )
  const line = said.join('\n').match(/^ {2}(export .+)$/m)?.[1] ?? ''
  const read = 'process.stdout.write(JSON.stringify(process.env))'
  const shell = `${line}; exec "$NODE" -e '${read}'`
  const shown = execFileSync('/bin/sh', ['-c', shell], { env: { NODE: process.execPath }, encoding: 'utf8' })
  const settings = readSettings(JSON.parse(shown))
  expect(settings).toMatchObject({
    endpoint: `https://dynamodb.${EU}.amazonaws.com`,
    region: EU,
    names: getTableNames(getStage('prod')),
    publicUrl: 'https://shop.example',
    bucket: `https://${bucketOf(account().region(EU), 'CloudShelf-prod', 'blobs')}.s3.${EU}.amazonaws.com`,
    mail: { sesRegion: EU, from: { address: 'orders@shop.example' } },
    shop: { name: "Ann's Books" },
  })
  expect(settings.currency.code).toBe('JPY')
  // Secrets stay where they are.
  for (const [name, value] of account().region(EU).parameters)
    if (name.startsWith('/cloudshelf/')) expect(said.join('\n')).not.toContain(value)
})

test('data of production outlives its removal and is used again, with its stack and without', async () => {
  await deploy(PROD)
  const region = account().region(EU)
  const [images = ''] = [...region.buckets.keys()].filter(one => one.includes('blobs'))
  region.buckets.get(images)?.objects.set('images/a.webp', 'x')
  const secret = region.parameters.get('/cloudshelf/prod/secret')
  await destroy('stage=prod --yes')
  expect(stacks()).toEqual(['CloudShelf-prod-store'])
  // The user pool is in the stack of the functions, and is adopted.
  await expect(deploy(PROD)).rejects.toThrow(/data of an earlier prod .*: user pool .*--adopt/)
  await deploy(`${PROD} --adopt`)
  region.stacks.delete('CloudShelf-prod-store')
  await expect(deploy(PROD)).rejects.toThrow(/table cloudshelf-books/)
  await deploy(`${PROD} --adopt`)
  expect(region.tables.size).toBe(5)
  expect(region.pools.size).toBe(1)
  expect(region.buckets.get(images)?.objects.size).toBe(1)
  expect(region.parameters.get('/cloudshelf/prod/secret')).toBe(secret)
  await deploy(PROD)
})

test('production’s data is deleted only with the name of the stage, and nothing of it is left then', async () => {
  await deploy(PROD)
  await expect(destroy('stage=prod --with-data --yes')).rejects.toThrow(
    /table cloudshelf-books in .*confirm with --confirm prod$/,
  )
  await expect(destroy('stage=prod --with-data --confirm staging')).rejects.toThrow(
    'confirm with --confirm prod',
  )
  expect(stacks()).toHaveLength(2)
  await destroy('stage=prod --with-data --final-backup --confirm prod')
  const { tables, buckets, pools, parameters, backups, identities } = account().region(EU)
  expect([tables.size, buckets.size, pools.size, stacks(), stacks('us-east-1')]).toEqual([0, 0, 0, [], []])
  expect([...parameters.keys()]).toEqual(['/cdk-bootstrap/hnb659fds/version'])
  expect(backups).toHaveLength(5)
  // Other stages may send by it.
  expect([...identities.keys()]).toEqual(['shop.example'])
  await deploy(PROD)
  expect(state.context.mailIdentity).toBe('existing')
})

test('a second stage beside the first sends by its SES identity, and its removal leaves the first as it was', async () => {
  await deploy(PROD)
  const staging = 'stage=staging mailFrom=orders@shop.example'
  await deploy(staging)
  expect(state.context.mailIdentity).toBe('existing')
  await deploy(PROD)
  expect(state.context.mailIdentity).toBe('new')
  const region = account().region(EU)
  const [pictures = ''] = [...region.buckets.keys()].filter(one => one.includes('staging-store-blobs'))
  region.buckets.get(pictures)?.objects.set('images/a.webp', 'x')
  await destroy('stage=staging --yes')
  expect(stacks()).toEqual(['CloudShelf-prod-shop', 'CloudShelf-prod-store'])
  expect([region.tables.size, region.buckets.size]).toEqual([5, 2])
})

test('a second Region that is added later gets the covers; a failover asks nothing of the first, and is not taken back unasked', async () => {
  const one = 'stage=dev mailFrom=orders@shop.example domain=shop.example'
  await deploy(one)
  const [first, second] = [account().region(EU), account().region('eu-west-1')]
  first.buckets.get(bucketOf(first, 'CloudShelf-dev', 'blobs'))?.objects.set('images/covers/a.webp', 'x')
  const two = `${one} secondRegion=eu-west-1`
  await deploy(two)
  const copies = second.buckets.get(bucketOf(second, 'CloudShelf-dev', 'blobs'))?.objects
  expect(copies?.get('images/covers/a.webp')).toBe('x')
  // Once replication does it, the buckets are not compared again.
  account().calls.length = 0
  await deploy(two)
  expect(account().calls.filter(call => / s3 GET/.test(call))).toEqual([])

  for (const table of ['books', 'control'])
    second.tables.set(`dev-cloudshelf-${table}`, {
      isProtected: false,
      replicas: [EU],
      stream: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`,
    })
  account().calls.length = 0
  await expect(deploy(`${two} active=second`)).resolves.toBeUndefined()
  expect(account().calls.filter(call => call.startsWith(EU))).toEqual([])
  copies?.set('images/covers/meanwhile.webp', 'y')
  await expect(deploy(two)).rejects.toThrow('confirm with --yes')
  expect(said.join('\n')).toContain('active was second and becomes first, its default')
  await deploy(`${two} --yes`)
  expect(
    first.buckets
      .get(bucketOf(first, 'CloudShelf-dev', 'blobs'))
      ?.objects.get('images/covers/meanwhile.webp'),
  ).toBe('y')
})

test('a failover needs the stage alone: all other options are those of the last deployment, and the first Region is not asked', async () => {
  const failOver = async (words: string): Promise<void> => {
    const read = (last = {}) => readArgs(typed(words), ['yes'], last)
    return activateRegion(await read(), read)
  }
  const active = () =>
    parseRecordedOptions(account().region('us-east-1').stacks.get('CloudShelf-dev-edge')?.outputs?.Options)
  await expect(failOver('second stage=dev')).rejects.toThrow('dev has no second Region')
  await deploy('stage=dev mailFrom=orders@shop.example domain=shop.example secondRegion=eu-west-1')
  const second = account().region('eu-west-1')
  for (const table of ['books', 'control'])
    second.tables.set(`dev-cloudshelf-${table}`, {
      isProtected: false,
      replicas: [EU],
      stream: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`,
    })
  await expect(failOver('stage=dev')).rejects.toThrow(
    'to which Region? Usage: npm run failover -- second|first',
  )
  const before = active()
  account().calls.length = 0
  await failOver('second stage=dev')
  expect(account().calls.filter(call => call.startsWith(EU))).toEqual([])
  expect(active()).toEqual({ ...before, active: 'second' })
  // Commands work where the shop is now.
  expect(said.join('\n')).toMatch(/export AWS_REGION=eu-west-1 .*BLOB_BUCKET=cloudshelf-dev-standby-store/)
  await failOver('second stage=dev')
  await failOver('first stage=dev --yes')
  expect(active()).toEqual(before)
})

test('a shop that is closed for maintenance stays closed when it is deployed, until it is opened', async () => {
  const edge = createAws('us-east-1', account().endpoint, 1)
  await expect(isClosed(edge, 'dev')).rejects.toThrow('dev is not deployed')
  await deploy('stage=dev')
  expect(await isClosed(edge, 'dev')).toBe(false)
  expect([await setClosed(edge, 'dev', true), await setClosed(edge, 'dev', true)]).toEqual([true, false])
  const code = () => account().region('us-east-1').edgeFunctions.get('dev-cloudshelf-viewer-request')
  expect(code()?.live).toBe(code()?.development)
  // The name of the shop is in the page, so this deployment replaces the code of the function.
  await deploy('stage=dev shopName=Elsewhere --yes')
  expect(said.join('\n')).toContain('dev is closed for maintenance and stays closed')
  expect(code()?.live).toContain('Elsewhere')
  expect(await isClosed(edge, 'dev')).toBe(true)
  expect(await setClosed(edge, 'dev', false)).toBe(true)
  expect(await isClosed(edge, 'dev')).toBe(false)
  expect(code()?.live).toContain('Elsewhere')
})

test('the command waits until the shop answers as it was told', async () => {
  let isClosedNow = false
  const server = createServer((_, response) => {
    response.writeHead(isClosedNow ? 503 : 200, isClosedNow ? { 'retry-after': '300' } : {}).end()
    isClosedNow = true
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await waitUntilClosed(address, true, 1)
  await expect(waitUntilClosed(address, false, 1)).rejects.toThrow('is still closed after five minutes')
  server.close()
})

/** Whether the stream of each table is on. */
const streams = (): Record<string, boolean> =>
  Object.fromEntries(
    Object.values(account().region(EU).stacks.get('CloudShelf-prod-store')?.template?.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable')
      .map(({ Properties = {} }) => [
        String(Properties.TableName).replace('cloudshelf-', ''),
        Properties.StreamSpecification !== undefined,
      ]),
  )
const EXPORT = /^ {2}(export .+)$/m

test('reports are added to a deployed shop without a question, beside what it has, and the operator is told to fill PostgreSQL', async () => {
  await deploy(PROD)
  const region = account().region(EU)
  expect(streams()).toEqual({ books: true, control: true, carts: false, orders: false, users: false })
  expect(said.join('\n')).not.toMatch(/PostgreSQL|DATABASE_ARN/)
  const [tables, buckets] = [[...region.tables.keys()], [...region.buckets.keys()]]
  said.length = 0
  await deploy(`${PROD} reports=nightly`)
  expect(stacks()).toEqual(['CloudShelf-prod-data', 'CloudShelf-prod-shop', 'CloudShelf-prod-store'])
  expect(region.clusters).toEqual(new Map([['cloudshelf', { isProtected: true }]]))
  expect(Object.values(streams())).toEqual(Array(5).fill(true))
  expect([[...region.tables.keys()], [...region.buckets.keys()]]).toEqual([tables, buckets])
  const text = said.join('\n')
  expect(text).toContain('Deploying PostgreSQL')
  expect(text).toMatch(/PostgreSQL is empty, .*`npx cloudshelf pg backfill`, then `npx cloudshelf pg verify`/)
  expect(EXPORT.exec(text)?.[1]).toMatch(
    /DATABASE_ARN=\S+ DATABASE_SECRET_ARN=\S+ .*SECRETS_PATH=\S+ CAPTURED_KEYS_QUEUE=\S+/,
  )
  // A release of the same options says nothing of it again.
  said.length = 0
  await deploy(`${PROD} reports=nightly`)
  expect(said.join('\n')).not.toContain('is empty')
})

test('reports that are left out are asked about; then PostgreSQL goes, of production a snapshot stays, and the shop has all that it had', async () => {
  await deploy(`${PROD} reports=hourly`)
  const region = account().region(EU)
  const [tables, buckets, pools] = [region.tables.size, region.buckets.size, region.pools.size]
  said.length = 0
  await expect(deploy(PROD)).rejects.toThrow('confirm with --yes')
  const asked = said.join('\n')
  expect(asked).toContain('reports was hourly and is left out: keep it with --context reports=hourly')
  expect(asked).toContain('AWS::RDS::DBCluster Database of CloudShelf-prod-data would be deleted')
  expect(asked).not.toMatch(/::(GlobalTable|Bucket|UserPool) /)
  expect(region.clusters.size).toBe(1)
  said.length = 0
  await deploy(`${PROD} --yes`)
  expect(stacks()).toEqual(['CloudShelf-prod-shop', 'CloudShelf-prod-store'])
  expect(region.clusters.size).toBe(0)
  expect(region.snapshots).toHaveLength(1)
  const text = said.join('\n')
  expect(text).toContain('Removing CloudShelf-prod-data')
  expect(text).toContain(`Snapshot ${region.snapshots[0]} of PostgreSQL is kept in ${EU}`)
  expect(EXPORT.exec(text)?.[1]).not.toMatch(/DATABASE|CAPTURED_KEYS|REPORTS/)
  expect([region.tables.size, region.buckets.size, region.pools.size]).toEqual([tables, buckets, pools])
  const functions = Object.values(region.stacks.get('CloudShelf-prod-shop')?.template?.Resources ?? {})
  expect(functions.map(({ Properties }) => Properties?.FunctionName)).not.toContain('ReportsConsumer')
  // Nothing is asked again.
  await deploy(PROD)
  expect(said.filter(line => line.includes('Removing'))).toHaveLength(1)
  await destroy('stage=prod --with-data --confirm prod')
  expect(region.snapshots).toEqual([])
})

test('with a second Region each gets PostgreSQL of its own, and each is removed', async () => {
  const two = 'stage=dev mailFrom=orders@shop.example domain=shop.example secondRegion=eu-west-1'
  await deploy(two)
  const second = account().region('eu-west-1')
  for (const table of ['books', 'control', 'orders', 'carts', 'users'])
    second.tables.set(`dev-cloudshelf-${table}`, {
      isProtected: false,
      replicas: [EU],
      stream: `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`,
    })
  said.length = 0
  await deploy(`${two} reports=live`)
  expect(stacks('eu-west-1')).toContain('CloudShelf-dev-standby-data')
  expect(stacks()).toContain('CloudShelf-dev-data')
  expect(said.join('\n')).toMatch(/Each Region has a PostgreSQL of its own/)
  expect(said.join('\n')).toMatch(/With reports=live each change wakes the database/)
  await expect(deploy(two)).rejects.toThrow('confirm with --yes')
  await deploy(`${two} --yes`)
  expect([stacks('eu-west-1'), stacks()].flat().filter(name => name.endsWith('data'))).toEqual([])
  expect([second, account().region(EU)].flatMap(one => [...one.clusters.keys(), ...one.snapshots])).toEqual(
    [],
  )
})
