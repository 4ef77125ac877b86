/**
 * Secrets of a function, from its environment, else from parameters of SSM: read by one call when an execution environment starts,
 * and kept in its memory for as long as it lives.
 */

import { type AwsRetryPolicy, createAwsClient, isThrottled } from '../core/aws/aws-request.ts'
import { backoff } from '../core/retry.ts'
import { createSigner } from './clients.ts'
import { type Settings, SettingsError } from './settings.ts'

export type Name = 'secret' | 'proxy'
export type Secrets<Wanted extends Name> = { readonly [name in Wanted]: string }

const VARIABLES = { secret: 'CLOUDSHELF_SECRET', proxy: 'TRUSTED_PROXY_SECRET' } as const
const MIN_LENGTH = 32

/**
 * Many environments that start at once are throttled: an account has 40 reads a second by default. Lambda gives a start 10 s, of
 * which this leaves time for the rest.
 */
const AT_START: AwsRetryPolicy = { maxTries: 30, pause: backoff(50, 1_000), withinMs: 8_000 }
const THROTTLED = 'SSM is throttling. Raise the throughput of Parameter Store: see docs/operations.md'

type Parameter = { readonly Name: string; readonly Value: string }

const readParameters = async (
  settings: Settings,
  names: readonly string[],
  retries: AwsRetryPolicy,
): Promise<ReadonlyMap<string, string>> => {
  const request = createAwsClient(settings.ssmEndpoint, createSigner(settings, 'ssm'), retries)
  const answer = await request({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameters' },
    body: JSON.stringify({ Names: names, WithDecryption: true }),
  })
  const text = answer.body.toString()
  if (isThrottled(answer)) throw new Error(`${THROTTLED}: ${text.slice(0, 200)}`)
  if (answer.status !== 200) throw new Error(`SSM responded with ${answer.status}: ${text.slice(0, 200)}`)
  const { Parameters = [] } = JSON.parse(text) as { readonly Parameters?: readonly Parameter[] }
  return new Map(Parameters.map(({ Name, Value }) => [Name, Value]))
}

/** The wanted secrets. Throws SettingsError when one is in neither place, and Error when SSM does not answer in time. */
export const readSecrets = async <const Wanted extends Name>(
  settings: Settings,
  wanted: readonly Wanted[],
  retries = AT_START,
): Promise<Secrets<Wanted>> => {
  const given: Readonly<Record<Name, string | undefined>> = {
    secret: settings.secret,
    proxy: settings.proxySecret,
  }
  const missing = wanted.filter(name => given[name] === undefined)
  const path = settings.secretsPath
  const found =
    path === undefined || missing.length === 0
      ? new Map<string, string>()
      : await readParameters(
          settings,
          missing.map(name => `${path}/${name}`),
          retries,
        )
  const values = wanted.map(name => {
    const value = given[name] ?? found.get(`${path}/${name}`)
    if (value !== undefined && value.length >= MIN_LENGTH) return [name, value]
    throw new SettingsError(
      `${VARIABLES[name]}, or the parameter ${path ?? '<SECRETS_PATH>'}/${name}, must be a secret of at least ${MIN_LENGTH} characters`,
    )
  })
  return Object.fromEntries(values) as Secrets<Wanted>
}
