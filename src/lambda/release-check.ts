/**
 * ReleaseCheck function, a hook of CodeDeploy: visits the new version of a function, and tells CodeDeploy whether it answered as it must.
 * A rollback is never held up: there it succeeds without a visit.
 */
import { createSigner } from '../composition/clients.ts'
import { readSecrets } from '../composition/function-secrets.ts'
import { readSettings, SettingsError } from '../composition/settings.ts'
import { type AwsRetryPolicy, createAwsClient } from '../core/aws/aws-request.ts'
import { headerOf } from '../core/aws/http-pool.ts'
import { createJsonLog } from '../core/log/json-log.ts'
import { backoff, retry } from '../core/retry.ts'
import { proxySecretToSend } from '../http/client-ip.ts'
import { createVisitEvent, EMPTY_BATCH, VERSION_CHECKS } from './version-checks.ts'

/** What CodeDeploy sends. */
type HookEvent = { readonly DeploymentId: string; readonly LifecycleEventHookExecutionId: string }

/** A cold start and throttling in a small account are waited out. */
const PATIENT: AwsRetryPolicy = { maxTries: 10, pause: backoff(200, 5_000), withinMs: 60_000 }

/** A version that hangs must not use up the time of this function. */
const VISIT: AwsRetryPolicy = { ...PATIENT, withinMs: 40_000 }

/** Tries of a check. The first one may meet cold starts of functions that the new version calls. */
const VISITS = { maxTries: 3, pause: backoff(100, 1_000) }

const settings = readSettings()
const { publicUrl, releasedVersions } = settings
if (releasedVersions === undefined) throw new SettingsError('RELEASED_VERSIONS must be set')
const log = createJsonLog(settings.log.level, settings.log.service)
const { proxy } = await readSecrets(settings, ['proxy'])
const callCodeDeploy = createAwsClient(
  settings.codeDeployEndpoint,
  createSigner(settings, 'codedeploy'),
  PATIENT,
)
const callLambda = createAwsClient(settings.lambdaEndpoint, createSigner(settings, 'lambda'), VISIT)

/** ARNs of the versions of this release by function. */
const versions = new Map(
  releasedVersions.split(',').map(one => {
    const [id = '', arn = ''] = one.split('=')
    return [id, arn] as const
  }),
)

const codeDeploy = async (action: string, input: object): Promise<unknown> => {
  const { status, body } = await callCodeDeploy({
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `CodeDeploy_20141006.${action}`,
    },
    body: JSON.stringify(input),
  })
  if (status !== 200) throw new Error(`${action} of CodeDeploy responded with ${status}: ${body}`)
  return JSON.parse(body.toString() || '{}')
}

/** Invokes a version and returns its result. Throws Error when the invocation fails or ends with an error. */
const invoke = async (arn: string, event: object): Promise<unknown> => {
  const [name, version] = arn.split(':').slice(-2)
  const answer = await callLambda({
    method: 'POST',
    path: `/2015-03-31/functions/${name}/invocations?Qualifier=${version}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  const text = answer.body.toString()
  if (answer.status !== 200) throw new Error(`Lambda responded with ${answer.status}: ${text.slice(0, 500)}`)
  if (headerOf(answer, 'x-amz-function-error') !== undefined)
    throw new Error(`${name} ended with an error: ${text.slice(0, 500)}`)
  return JSON.parse(text || 'null')
}

/** Throws Error when the new version of the function does not answer as it must. */
const checkVersion = async (id: string): Promise<void> => {
  const arn = versions.get(id)
  const check = Object.entries(VERSION_CHECKS).find(([name]) => name === id)?.[1]
  if (!arn || !check) throw new Error(`the deployment group must be a function of this release: ${id}`)
  if (check === EMPTY_BATCH || 'Records' in check) {
    await invoke(arn, EMPTY_BATCH)
    return
  }
  const proxySecret = proxySecretToSend(proxy)
  const event = createVisitEvent(check, { proxySecret, publicUrl, requestId: crypto.randomUUID() })
  const { statusCode } = (await invoke(arn, event)) as { readonly statusCode?: number }
  if (statusCode !== check.status)
    throw new Error(`${check.path} of ${arn} must answer with ${check.status}, but did with ${statusCode}`)
}

/** True for a version that answers as it must; undefined, and a line in the log, otherwise. */
const attempt = async (id: string, tries: number): Promise<true | undefined> => {
  try {
    await checkVersion(id)
    return true
  } catch (error) {
    log.failure(new Error(`check ${tries} of ${id} failed`, { cause: error }))
    return undefined
  }
}

/** Whether the deployment may go on. */
const isHealthy = async (deploymentId: string): Promise<boolean> => {
  try {
    const { deploymentInfo } = (await codeDeploy('GetDeployment', { deploymentId })) as {
      readonly deploymentInfo: { readonly deploymentGroupName: string; readonly creator?: string }
    }
    if (/rollback/i.test(deploymentInfo.creator ?? '')) return true
    const { deploymentGroupName } = deploymentInfo
    return (await retry(VISITS, tries => attempt(deploymentGroupName, tries))) ?? false
  } catch (error) {
    log.failure(error)
    return false
  }
}

export const handler = async (event: HookEvent): Promise<void> => {
  const status = (await isHealthy(event.DeploymentId)) ? 'Succeeded' : 'Failed'
  await codeDeploy('PutLifecycleEventHookExecutionStatus', {
    deploymentId: event.DeploymentId,
    lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
    status,
  })
}
