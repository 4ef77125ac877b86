/** Tests of the operator's commands against a fake AWS: secrets, uploads, error messages. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { getStage } from '../settings/stage.ts'
import { createAws } from './aws.ts'
import { ensureSecrets, removeSecrets, writeSecret } from './secrets.ts'
import { checkStripeSecrets, removeStripeSecrets, setStripeSecret } from './stripe-secrets.ts'
import { uploadAssets } from './upload.ts'

type Asked = {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, unknown>
  readonly body: string
}

/** Fake AWS: parameters by the Region in the signature, and objects by path. */
const standIn = async () => {
  const parameters = new Map<string, { value: string; type: string }>()
  const objects = new Map<string, Asked>()
  const ssm = (action: string, region: string, body: Record<string, unknown>): object => {
    const at = (name: unknown) => `${region} ${name}`
    if (action === 'PutParameter')
      parameters.set(at(body.Name), { value: String(body.Value), type: String(body.Type) })
    for (const name of action === 'DeleteParameters' ? (body.Names as string[]) : [])
      parameters.delete(at(name))
    const found = action === 'GetParameters' ? (body.Names as string[]) : []
    return {
      Parameters: found
        .flatMap(Name => ({ Name, Value: parameters.get(at(Name))?.value }))
        .filter(one => one.Value),
    }
  }
  const bucket = (asked: Asked): string => {
    const [path = '', query = ''] = asked.url.split('?')
    if (asked.method === 'PUT') objects.set(path, asked)
    if (asked.method === 'DELETE') objects.delete(path)
    if (query !== 'versions=') return ''
    const keys = [...objects.keys()].filter(key => key.startsWith(path)).map(key => key.slice(path.length))
    return keys.map(key => `<Version><Key>${key}</Key><VersionId>1</VersionId></Version>`).join('')
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    const [, , region = '', service] =
      /Credential=(\S+),/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? []
    if (service === 'ssm') {
      const action = String(headers['x-amz-target']).split('.')[1] ?? ''
      response.end(JSON.stringify(ssm(action, region, JSON.parse(body))))
    } else if (service === 's3') response.end(bucket({ method, url, headers, body }))
    else if (service === 'cloudformation')
      response.end(
        '<StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>A</OutputKey><OutputValue>one</OutputValue></member><member><OutputKey>B</OutputKey><OutputValue>two</OutputValue></member></Outputs>',
      )
    else response.end('<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>')
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { parameters, objects, endpoint: `http://127.0.0.1:${port}`, close: () => server.close() }
}

let aws: Awaited<ReturnType<typeof standIn>>
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  aws = await standIn()
})
afterAll(() => {
  aws.close()
  vi.unstubAllEnvs()
})
const region = (name: string) => createAws(name, aws.endpoint)

test('the account of the credentials and the outputs of a stack are read', async () => {
  expect(await region('eu-central-1').account()).toBe('123456789012')
  expect(await region('eu-central-1').stackOutputs('x')).toEqual({ A: 'one', B: 'two' })
})

test('secrets are created once as SecureStrings, and are the same in every Region', async () => {
  const stage = getStage('prod')
  const [one, two] = [region('eu-central-1'), region('eu-west-1')]
  const made = await ensureSecrets([one], stage)
  expect(made.secret.length).toBeGreaterThanOrEqual(32)
  expect(made.secret).not.toBe(made.proxy)
  expect([...aws.parameters.values()].map(({ type }) => type)).toEqual(['SecureString', 'SecureString'])
  expect(await ensureSecrets([one, two], stage)).toEqual(made)
  expect(aws.parameters.get('eu-west-1 /cloudshelf/prod/proxy')?.value).toBe(made.proxy)
  // If the first Region loses them, they are copied back, because new ones would end all sessions.
  await removeSecrets([one], stage)
  expect(await ensureSecrets([one, two], stage)).toEqual(made)
  await writeSecret([one, two], stage, 'proxy', 'another that is long enough to count')
  expect((await ensureSecrets([one, two], stage)).proxy).toBe('another that is long enough to count')
  await removeSecrets([one, two], stage)
  expect(aws.parameters.size).toBe(0)
})

test('secrets of Stripe are set by the operator; a new signing secret comes in front of the present one', async () => {
  const stage = getStage('prod')
  const [one, two] = [region('eu-central-1'), region('eu-west-1')]
  await expect(checkStripeSecrets([one], stage)).rejects.toThrow(
    /requires stripe-key and stripe-webhook, which prod has not: npm run rotate -- stripe-key --context stage=prod, then /,
  )
  await expect(setStripeSecret([one], stage, 'stripe-key', 'pk_live_1234567890')).rejects.toThrow(
    'stripe-key must be a secret or restricted key of Stripe',
  )
  expect(aws.parameters.size).toBe(0)
  await setStripeSecret([one], stage, 'stripe-key', 'sk_test_1234567890\n')
  for (const secret of ['whsec_first12345678901', 'whsec_second1234567890', 'whsec_second1234567890'])
    await setStripeSecret([one], stage, 'stripe-webhook', secret)
  const webhook = () => aws.parameters.get('eu-central-1 /cloudshelf/prod/stripe-webhook')
  expect(webhook()).toEqual({
    value: 'whsec_second1234567890,whsec_first12345678901',
    type: 'SecureString',
  })
  await setStripeSecret([one], stage, 'stripe-webhook', 'whsec_third12345678901')
  expect(webhook()?.value).toBe('whsec_third12345678901,whsec_second1234567890')
  expect(await checkStripeSecrets([one, two], stage)).toEqual([expect.stringContaining('is a test key')])
  expect(aws.parameters.get('eu-west-1 /cloudshelf/prod/stripe-key')?.value).toBe('sk_test_1234567890')
  expect(await checkStripeSecrets([one], getStage('staging')).catch(error => error.message)).toContain(
    'which staging has not',
  )
  await removeStripeSecrets([one, two], stage)
  expect(aws.parameters.size).toBe(0)
})

test('page files are uploaded with content type and cache lifetime, and other files are skipped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-client-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets/app-1.js'), 'one')
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>')
  writeFileSync(join(folder, 'notes.md'), 'nothing')
  expect(await uploadAssets(region('eu-central-1'), 'shop-assets', folder)).toBe(2)
  expect(aws.objects.get('/shop-assets/assets/app-1.js')).toMatchObject({
    body: 'one',
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  })
  expect(aws.objects.get('/shop-assets/favicon.svg')?.headers['cache-control']).toBe('public, max-age=86400')
  await region('eu-central-1').empty('shop-assets')
  expect(aws.objects.size).toBe(0)
})

test('commands report missing or invalid input in one line', { timeout: 120_000 }, async () => {
  const env = { PATH: process.env.PATH, HOME: tmpdir(), AWS_EC2_METADATA_DISABLED: 'true' }
  const runWith = (more: Record<string, string>, file: string, ...words: string[]) =>
    new Promise<[number | null, string]>(done => {
      const child = spawn(process.execPath, [`infra/operate/${file}.ts`, ...words], {
        env: { ...env, ...more },
      })
      let said = ''
      child.stderr.on('data', chunk => {
        said += chunk
      })
      child.on('close', status => done([status, said.trim()]))
    })
  const run = (file: string, ...words: string[]) => runWith({ AWS_REGION: 'eu-central-1' }, file, ...words)
  const [deploy, deployNowhere, destroy, rotate, synth] = await Promise.all([
    run('deploy'),
    runWith({}, 'deploy'),
    run('destroy', '--context', 'stage=prdo'),
    run('rotate'),
    run('synth', '--context', 'prod'),
  ])
  expect(deploy).toEqual([
    1,
    expect.stringMatching(/^no AWS credentials found: .*AWS_PROFILE provides them$/),
  ])
  expect(deployNowhere).toEqual([
    1,
    'invalid options: region is not known: add --context region=eu-central-1, or set AWS_REGION',
  ])
  expect(destroy).toEqual([1, 'invalid options: stage must be one of dev, staging, prod'])
  expect(rotate).toEqual([
    1,
    'which secret? Usage: npm run rotate -- secret|proxy|stripe-key|stripe-webhook --context stage=…',
  ])
  expect(synth).toEqual([1, '--context prod must have the form name=value'])
})
