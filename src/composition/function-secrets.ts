/**
 * Secrets of a function, from its environment, else from parameters of SSM: read by one call when an execution environment starts,
 * and kept in its memory for as long as it lives.
 */

import { type AwsRetryPolicy, createAwsClient, isThrottled } from '../core/aws/aws-request.ts'
import { backoff } from '../core/retry.ts'
import { createSigner } from './clients.ts'
import { STRIPE_KEY, WEBHOOK_SECRET } from './payment-setting-types.ts'
import { type Settings, SettingsError } from './settings.ts'

/** Secrets of Stripe; that of the webhook is a list with the present one first, so that a rotation refuses no event. */
export type ProviderSecret = 'stripe-key' | 'stripe-webhook'
export type Name = 'secret' | 'proxy' | ProviderSecret
export type Secrets<Wanted extends Name> = { readonly [name in Wanted]: string }
/** Those that a function reads, where the shop takes payments by a provider. */
export type ProviderSecrets = Partial<Secrets<ProviderSecret>>

type SecretRule = { readonly isValid: (value: string) => boolean; readonly expected: string }
const MIN_LENGTH = 32
const RANDOM: SecretRule = {
  isValid: value => value.length >= MIN_LENGTH,
  expected: `a secret of at least ${MIN_LENGTH} characters`,
}
const RULES: Readonly<Record<Name, SecretRule & { readonly variable: string }>> = {
  secret: { ...RANDOM, variable: 'CLOUDSHELF_SECRET' },
  proxy: { ...RANDOM, variable: 'TRUSTED_PROXY_SECRET' },
  'stripe-key': {
    isValid: value => STRIPE_KEY.schema.safeParse(value).success,
    expected: STRIPE_KEY.expected,
    variable: 'STRIPE_SECRET_KEY',
  },
  'stripe-webhook': {
    isValid: value => value.split(',').every(one => WEBHOOK_SECRET.schema.safeParse(one).success),
    expected: WEBHOOK_SECRET.expected,
    variable: 'STRIPE_WEBHOOK_SECRET',
  },
}

/** The secrets that the environment has. */
const givenSecrets = ({
  secret,
  proxySecret,
  payment: { stripe },
}: Settings): Readonly<Record<Name, string | undefined>> => ({
  secret,
  proxy: proxySecret,
  'stripe-key': stripe.secretKey,
  'stripe-webhook': stripe.webhookSecrets.length > 0 ? stripe.webhookSecrets.join(',') : undefined,
})

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
  const given = givenSecrets(settings)
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
    const { isValid, expected, variable } = RULES[name]
    if (value !== undefined && isValid(value)) return [name, value]
    throw new SettingsError(
      `${variable}, or the parameter ${path ?? '<SECRETS_PATH>'}/${name}, must be ${expected}`,
    )
  })
  return Object.fromEntries(values) as Secrets<Wanted>
}
