/** Tests of the plan of a deployment, on real templates and a fake account: what is adopted, what would go, what is never skipped. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startFakeAccount } from '../../test/fake-account.ts'
import { ALL_OPTIONS, listResources, type StackOptions, synthesize } from '../../test/stacks.ts'
import { inputsParameter } from '../settings/fingerprint.ts'
import { type Options, readOptions } from '../settings/options.ts'
import { recordOptions } from '../settings/recorded-options.ts'
import type { TemplateJson } from '../standing-costs.ts'
import { createAws } from './aws.ts'
import { adoptData, listChanges, locateStacks, removeFailedCreations } from './plan.ts'
import { findMailIdentities, readRecordedOptions } from './preflight.ts'

const PROD = { stage: 'prod', region: 'eu-central-1', cognito: 'my-bookshop' }
const FULL = { stage: 'prod', ...ALL_OPTIONS }

const templatesOf = (said: StackOptions) => {
  const { templates } = synthesize(said)
  return (stack: string): TemplateJson | undefined => templates[stack.replace('CloudShelf-prod-', '')]
}
const optionsOf = (said: StackOptions): Options => readOptions(said, { region: 'eu-central-1' })

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
})
const started: { close(): void }[] = []
afterAll(() => {
  for (const one of started) one.close()
  vi.unstubAllEnvs()
})

/** A fake account with the located stacks of these options; `deployed` are the options of what is deployed there. */
const createAccount = async (said: StackOptions, deployed?: StackOptions) => {
  const fake = await startFakeAccount()
  started.push(fake)
  const aws = (region: string) => createAws(region, fake.endpoint, 1)
  const options = optionsOf(said)
  const regions = [options.region, options.secondRegion ?? []].flat().map(aws)
  const stacks = locateStacks(options, regions, aws('us-east-1'))
  const read = deployed && templatesOf(deployed)
  for (const stack of locateStacks(deployed ? optionsOf(deployed) : options, regions, aws('us-east-1'))) {
    const template = read?.(stack.name)
    if (template)
      fake.region(stack.aws.region).stacks.set(stack.name, {
        status: 'UPDATE_COMPLETE',
        template,
        outputs: { Options: JSON.stringify(recordOptions(optionsOf(deployed ?? said))) },
      })
  }
  return { fake, options, stacks, read: templatesOf(said), aws }
}

/** Data of production as it is left when its stacks are gone. */
const leaveData = (fake: Awaited<ReturnType<typeof startFakeAccount>>) => {
  const region = fake.region('eu-central-1')
  for (const name of ['books', 'carts', 'users', 'orders', 'control'])
    region.tables.set(`cloudshelf-${name}`, { isProtected: true, replicas: [] })
  for (const part of ['blobs', 'assets'])
    region.buckets.set(`left-${part}`, { tags: { shop: 'cloudshelf-prod', part }, objects: new Map() })
  region.pools.set('eu-central-1_a1', { tags: { shop: 'cloudshelf-prod', part: 'users' }, isProtected: true })
  region.deleted.push('gone-blobs')
  // Another stage's, which nobody asked for.
  region.buckets.set('other', { tags: { shop: 'cloudshelf-staging', part: 'blobs' }, objects: new Map() })
}

test('data that outlived its stacks is refused by name, and adopted with the flag: tables, buckets and the user pool', async () => {
  const { fake, options, stacks, read } = await createAccount(PROD)
  leaveData(fake)
  await expect(adoptData(stacks, options, read, false, () => {})).rejects.toThrow(
    /earlier prod is in this account: table cloudshelf-books, .*bucket left-blobs, .*user pool eu-central-1_a1.*--adopt.*--with-data/,
  )
  expect(fake.region('eu-central-1').stacks.size).toBe(0)
  const said: string[] = []
  await adoptData(stacks, options, read, true, line => said.push(line))
  expect(said).toEqual([
    expect.stringMatching(/^Adopting table cloudshelf-books, .* into CloudShelf-prod-store$/),
    'Adopting user pool eu-central-1_a1 into CloudShelf-prod-shop',
  ])
  const { stacks: made } = fake.region('eu-central-1')
  const store = made.get('CloudShelf-prod-store')
  expect(store?.status).toBe('IMPORT_COMPLETE')
  const resources = Object.values(store?.template?.Resources ?? {})
  expect(resources.map(({ Type }) => Type).sort()).toEqual([
    ...Array(5).fill('AWS::DynamoDB::GlobalTable'),
    ...Array(2).fill('AWS::S3::Bucket'),
  ])
  // As an import requires: kept in any case, no outputs, no reference to what is not there.
  expect(resources.every(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toBe(true)
  expect(Object.keys(store?.template ?? {})).toEqual(['Resources'])
  expect(JSON.stringify(resources)).not.toMatch(/"(Ref|Fn::GetAtt|Fn::GetStackOutput)":/)
  expect(Object.values(made.get('CloudShelf-prod-shop')?.template?.Resources ?? {})).toMatchObject([
    { Type: 'AWS::Cognito::UserPool' },
  ])
  // Repeated, there is nothing left to adopt.
  said.length = 0
  await adoptData(stacks, options, read, false, line => said.push(line))
  expect(said).toEqual([])
})

test('a second Region that the data has not yet is left to the deployment: neither its replica nor replication is imported', async () => {
  const { fake, options, stacks, read } = await createAccount(FULL)
  leaveData(fake)
  await adoptData(stacks, options, read, true, () => {})
  const { template } = fake.region('eu-central-1').stacks.get('CloudShelf-prod-store') ?? {}
  const tables = listResources(template, 'AWS::DynamoDB::GlobalTable')
  expect(tables.map(([, { Replicas }]) => Replicas.map((one: { Region: string }) => one.Region))).toEqual(
    Array(5).fill(['eu-central-1']),
  )
  expect(listResources(template, 'AWS::S3::Bucket').some(([, one]) => one.ReplicationConfiguration)).toBe(
    false,
  )
  expect(fake.region('eu-west-1').stacks.size).toBe(0)
})

test('a user pool that was left out for a while is adopted into the deployed stack, whose template is too large for a call', async () => {
  const { cognito: _, ...without } = PROD
  const { fake, options, stacks, read } = await createAccount(PROD, without)
  const region = fake.region('eu-central-1')
  region.pools.set('pool', { tags: { shop: 'cloudshelf-prod', part: 'users' }, isProtected: true })
  region.buckets.set('cdk-hnb659fds-assets-123456789012-eu-central-1', { tags: {}, objects: new Map() })
  const before = Object.keys(region.stacks.get('CloudShelf-prod-shop')?.template?.Resources ?? {})
  await adoptData(stacks, options, read, true, () => {})
  const { template, status } = region.stacks.get('CloudShelf-prod-shop') ?? {}
  expect(status).toBe('IMPORT_COMPLETE')
  expect(listResources(template, 'AWS::Cognito::UserPool')).toHaveLength(1)
  expect(Object.keys(template?.Resources ?? {})).toHaveLength(before.length + 1)
})

test('two buckets for the same part are refused by their names', async () => {
  const { fake, options, stacks, read } = await createAccount(PROD)
  leaveData(fake)
  fake
    .region('eu-central-1')
    .buckets.set('older-blobs', { tags: { shop: 'cloudshelf-prod', part: 'blobs' }, objects: new Map() })
  await expect(adoptData(stacks, options, read, true, () => {})).rejects.toThrow(
    'there are 2 buckets for blobs, left-blobs and older-blobs: delete',
  )
})

test('a deployed stage is asked for nothing, and its data is not looked for', async () => {
  const { fake, options, stacks, read } = await createAccount(PROD, PROD)
  leaveData(fake)
  await adoptData(stacks, options, read, false, () => {})
  await removeFailedCreations(stacks, () => {})
  expect(await listChanges(stacks, options, recordOptions(options), read)).toEqual([])
  expect(fake.calls.filter(one => /tagging|dynamodb|Delete/.test(one))).toEqual([])
})

test('what is left of a failed creation is removed, although its stack is protected and its tables cannot be deleted', async () => {
  const { fake, options, stacks, read } = await createAccount(PROD)
  leaveData(fake)
  const { stacks: made } = fake.region('eu-central-1')
  made.set('CloudShelf-prod-store', {
    status: 'ROLLBACK_FAILED',
    isProtected: true,
    deletion: 'DELETE_FAILED',
  })
  made.set('CloudShelf-prod-shop', { status: 'UPDATE_ROLLBACK_COMPLETE' })
  const said: string[] = []
  await removeFailedCreations(stacks, line => said.push(line))
  expect(said).toEqual([expect.stringContaining('CloudShelf-prod-store')])
  expect([...made.keys()]).toEqual(['CloudShelf-prod-shop'])
  expect(fake.region('eu-central-1').tables.size).toBe(5)
  await adoptData(stacks, options, read, true, () => {})
  expect(made.get('CloudShelf-prod-store')?.status).toBe('IMPORT_COMPLETE')
})

test('options and resources that a deployment would take away are listed, and those of a release are not', async () => {
  const { fake, options, stacks, read, aws } = await createAccount(PROD, FULL)
  const last = await readRecordedOptions(aws('us-east-1'), 'prod')
  const changes = (await listChanges(stacks, options, last, read)).join('\n')
  expect(changes).toContain(
    'domain was shop.example and is left out: keep it with --context domain=shop.example',
  )
  expect(changes).toContain(
    "mailFrom was CloudShelf <orders@shop.example> and is left out: keep it with --context mailFrom='Cloud",
  )
  expect(changes).toContain('secondRegion was eu-west-1 and is left out')
  expect(changes).toMatch(/AWS::CertificateManager::Certificate \w+ of CloudShelf-prod-edge would be deleted/)
  expect(changes).toMatch(
    /AWS::SES::EmailIdentity \w+ of CloudShelf-prod-shop would leave its stack, and is kept/,
  )
  expect(changes).toMatch(/GlobalTable \w+ of CloudShelf-prod-store would lose its replica in eu-west-1/)
  expect(changes).not.toMatch(/Lambda::Version|ApiGatewayV2::Route|IAM::Policy/)
  // The last deployment had the second Region active; one without the option moves writes back.
  const over = { ...last, active: 'second' }
  expect(await listChanges([], optionsOf(FULL), over, read)).toEqual([
    'active was second and becomes first, its default',
  ])
  expect(await listChanges([], options, { ...recordOptions(options), region: 'eu-north-1' }, read)).toEqual([
    'region was eu-north-1 and becomes eu-central-1',
  ])
  fake.region('eu-central-1').stacks.clear()
  expect((await listChanges(stacks, options, undefined, read)).filter(one => !one.includes('-edge'))).toEqual(
    [],
  )
})

test('a table or bucket with another key or name is listed as replaced', async () => {
  const { options, stacks, read } = await createAccount(PROD, PROD)
  const changed: typeof read = stack => {
    const template = read(stack)
    if (!stack.endsWith('-store')) return template
    return JSON.parse(
      JSON.stringify(template).replace(
        '"AttributeName":"category","KeyType"',
        '"AttributeName":"id","KeyType"',
      ),
    )
  }
  expect(await listChanges(stacks, options, undefined, changed)).toEqual([
    expect.stringMatching(
      /GlobalTable books\w+ of CloudShelf-prod-store would be replaced by a new one; the old one would leave its stack, and is kept/,
    ),
  ])
})

test('stacks read other stacks only beside a fingerprint of their outputs, which a new stream changes: none is skipped then', () => {
  for (const said of [PROD, FULL]) {
    const { templates } = synthesize(said)
    for (const [name, template] of Object.entries(templates)) {
      if (!JSON.stringify(template).includes('Fn::GetStackOutput') || name.endsWith('store')) continue
      expect(template.Parameters?.Inputs, name).toMatchObject({ Type: 'String', Default: '' })
      // An output, because a parameter that nothing uses would make no difference.
      expect((template as { Outputs?: object }).Outputs, name).toMatchObject({
        InputsRead: { Value: { Ref: 'Inputs' } },
      })
    }
  }
  const outputs = (stream: string) => ({
    store: { BooksStream: stream, Bucket: 'b' },
    edge: { Address: 'a' },
  })
  const before = inputsParameter('shop', outputs('stream/2026-01-01'))
  expect(before).toMatch(/^shop:Inputs=[0-9a-f]{32}$/)
  expect(inputsParameter('shop', outputs('stream/2026-02-02'))).not.toBe(before)
  expect(
    inputsParameter('shop', {
      edge: { Address: 'a' },
      store: { Bucket: 'b', BooksStream: 'stream/2026-01-01' },
    }),
  ).toBe(before)
})

test('the SES identity is the stage’s own where its stack has it, and existing where another has created it', async () => {
  const identities = async (deployed: StackOptions | undefined, existing: string[]) => {
    const { fake, options, stacks } = await createAccount(FULL, deployed)
    for (const region of existing) fake.region(region).identities.set('shop.example', true)
    return findMailIdentities(stacks, options, undefined)
  }
  expect(await identities(undefined, [])).toEqual({ mailIdentity: 'new', secondMailIdentity: 'new' })
  expect(await identities(undefined, ['eu-central-1'])).toEqual({
    mailIdentity: 'existing',
    secondMailIdentity: 'new',
  })
  expect(await identities(FULL, ['eu-central-1', 'eu-west-1'])).toEqual({
    mailIdentity: 'new',
    secondMailIdentity: 'new',
  })
  // During a failover the first Region is not asked.
  expect(await findMailIdentities([], optionsOf(FULL), { mailIdentity: 'existing' })).toEqual({
    mailIdentity: 'existing',
    secondMailIdentity: 'new',
  })
  expect(await findMailIdentities([], optionsOf(PROD), undefined)).toEqual({})
})
