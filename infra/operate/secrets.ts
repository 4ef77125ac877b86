/** The two secrets of a stage: SSM SecureStrings, which CloudFormation cannot create; generated here and never printed. */
import { newSecret } from '#src/core/ids.ts'
import { getSecretsPath, type Stage } from '../settings/stage.ts'
import type { Aws } from './aws.ts'

export const SECRET_NAMES = ['secret', 'proxy'] as const
export type SecretName = (typeof SECRET_NAMES)[number]
export type Secrets = Readonly<Record<SecretName, string>>

const secretPath = (stage: Stage, name: SecretName): string => `${getSecretsPath(stage)}/${name}`

export const writeSecret = async (
  regions: readonly Aws[],
  stage: Stage,
  name: SecretName,
  value: string,
): Promise<void> => {
  for (const aws of regions) await aws.writeSecret(secretPath(stage, name), value)
}

/** Reads the secrets from the first Region, creates missing ones, and copies them to the other Regions. */
export const ensureSecrets = async (regions: readonly Aws[], stage: Stage): Promise<Secrets> => {
  const paths = SECRET_NAMES.map(name => secretPath(stage, name))
  const found = await Promise.all(regions.map(aws => aws.parameters(paths)))
  const secrets = {} as Record<SecretName, string>
  for (const name of SECRET_NAMES) {
    const path = secretPath(stage, name)
    // If the first Region has lost it, another Region's copy is used.
    const value = found.map(known => known.get(path)).find(known => known !== undefined) ?? newSecret()
    secrets[name] = value
    for (const [i, aws] of regions.entries())
      if (found[i]?.get(path) !== value) await aws.writeSecret(path, value)
  }
  return secrets
}

export const removeSecrets = async (regions: readonly Aws[], stage: Stage): Promise<void> => {
  for (const aws of regions) await aws.removeParameters(SECRET_NAMES.map(name => secretPath(stage, name)))
}
