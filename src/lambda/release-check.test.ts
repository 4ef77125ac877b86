/** The bundle of ReleaseCheck against fake CodeDeploy and Lambda, behind which are bundles of functions or answers made up here. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startFunctions } from '../../test/deployments.ts'
import { createTestShop } from '../../test/kit.ts'
import { startFunction } from '../../test/lambda-function.ts'
import { FUNCTIONS } from './functions.ts'
import { EMPTY_BATCH, VERSION_CHECKS } from './version-checks.ts'

type Answer = { readonly result?: unknown; readonly error?: string }
type Invoke = (id: string, event: object) => Promise<Answer>

/** Deployments are named `<function>` or `<function> <creator>`. */
const startRollout = async (invoke: Invoke) => {
  const invoked: string[] = []
  const reported: [string, string][] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const input = JSON.parse(Buffer.concat(chunks).toString())
    const target = request.headers['x-amz-target']
    const credentials = String(request.headers.authorization)
    const send = (status: number, body: unknown, headers = {}) =>
      response.writeHead(status, headers).end(JSON.stringify(body))
    if (target === 'CodeDeploy_20141006.GetDeployment') {
      const [deploymentGroupName, creator = 'CloudFormation'] = input.deploymentId.split(' ')
      return send(200, { deploymentInfo: { deploymentGroupName, creator } })
    }
    if (target === 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus') {
      expect([input.lifecycleEventHookExecutionId, credentials.includes('/codedeploy/')]).toEqual([
        'hook',
        true,
      ])
      reported.push([input.deploymentId, input.status])
      return send(200, {})
    }
    invoked.push(String(request.url))
    expect(credentials).toContain('/lambda/')
    const id = /functions\/shop-(\w+)\/invocations\?Qualifier=7$/.exec(String(request.url))?.[1] ?? ''
    const { result, error } = await invoke(id, input)
    return error === undefined
      ? send(200, result)
      : send(200, { errorMessage: error }, { 'x-amz-function-error': 'Unhandled' })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, invoked, reported }
}

const versions = FUNCTIONS.map(
  ({ id }) => `${id}=arn:aws:lambda:eu-central-1:123456789012:function:shop-${id}:7`,
)

const openCheck = async (invoke: Invoke, environment: Readonly<Record<string, string>>) => {
  const rollout = await startRollout(invoke)
  const { invoke: run, log } = await startFunction('ReleaseCheck', {
    SECRETS_PATH: '/cloudshelf/test',
    ...environment,
    ROLLOUT_ENDPOINT: rollout.url,
    RELEASED_VERSIONS: versions.join(','),
  })
  const check = async (DeploymentId: string): Promise<string | undefined> => {
    await run({ DeploymentId, LifecycleEventHookExecutionId: 'hook' })
    const [id, status] = rollout.reported.at(-1) ?? []
    return id === DeploymentId ? status : undefined
  }
  return { ...rollout, check, log }
}

test('a new version that answers as it must gets calls; one that ends with an error or answers 500 does not', async () => {
  const shop = await createTestShop()
  const { environment, of } = await startFunctions(shop.deps, [
    'ShoppingCart',
    'OrderProcess',
    'IndexConsumer',
    'OutboxConsumer',
    'Sweeper',
  ])
  const answers = new Map<string, Answer>()
  const invoke: Invoke = async (id, event) =>
    answers.get(id) ?? { result: await of(id as 'Sweeper').invoke(event) }
  const { check, log, invoked } = await openCheck(invoke, environment)
  const real = ['ShoppingCart', 'OrderProcess', 'IndexConsumer', 'OutboxConsumer', 'Sweeper']
  for (const id of real) expect([id, await check(id)]).toEqual([id, 'Succeeded'])
  expect(invoked).toHaveLength(real.length)

  answers.set('OrderProcess', { result: { statusCode: 500 } })
  answers.set('Sweeper', { error: 'invalid settings' })
  expect(await check('OrderProcess')).toBe('Failed')
  expect(await check('Sweeper')).toBe('Failed')
  // Each was tried three times.
  expect(invoked).toHaveLength(real.length + 6)
  expect(log()).toContain('must answer with 200, but did with 500')
  expect(log()).toContain('invalid settings')
  // Calls go back to the old version, however the new one is.
  for (const creator of ['codeDeployRollback', 'CloudFormationRollback'])
    expect(await check(`OrderProcess ${creator}`)).toBe('Succeeded')
  expect(await check('Unknown')).toBe('Failed')
  expect(invoked).toHaveLength(real.length + 6)
})

test('every function has a check: those with routes a visit, the others an empty batch', () => {
  for (const { id, endpoints, otherRoutes } of FUNCTIONS) {
    const check = VERSION_CHECKS[id]
    if (endpoints.length + otherRoutes.length === 0) expect([id, check]).toEqual([id, EMPTY_BATCH])
    else expect([id, 'path' in check]).toEqual([id, true])
  }
})
