/** Secrets of a function, read once at its start: from its environment, else from parameters of SSM. */
import { createSigner } from '../composition/clients.ts'
import { type Settings, SettingsError } from '../composition/settings.ts'
import { createAwsClient } from '../core/aws/aws-request.ts'

export type Name = 'secret' | 'proxy'
export type Secrets<Wanted extends Name> = { readonly [name in Wanted]: string }

const VARIABLES = { secret: 'CLOUDSHELF_SECRET', proxy: 'TRUSTED_PROXY_SECRET' } as const
const MIN_LENGTH = 32

type Parameter = { readonly Name: string; readonly Value: string }

const readParameters = async (
  settings: Settings,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const request = createAwsClient(settings.ssmEndpoint, createSigner(settings, 'ssm'))
  const { status, body } = await request({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameters' },
    body: JSON.stringify({ Names: names, WithDecryption: true }),
  })
  const text = body.toString()
  if (status !== 200) throw new Error(`SSM responded with ${status}: ${text.slice(0, 200)}`)
  const { Parameters = [] } = JSON.parse(text) as { readonly Parameters?: readonly Parameter[] }
  return new Map(Parameters.map(({ Name, Value }) => [Name, Value]))
}

/** The wanted secrets. Throws SettingsError when one is in neither place. */
export const readSecrets = async <const Wanted extends Name>(
  settings: Settings,
  wanted: readonly Wanted[],
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
