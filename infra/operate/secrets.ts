/** The two secrets of a stage: SecureStrings of SSM, which CloudFormation cannot make, made here and never shown. */
import { newSecret } from '#src/core/ids.ts'
import { type Stage, secretsPathOf } from '../settings/stage.ts'
import type { Aws } from './aws.ts'

export const secretNames = ['secret', 'proxy'] as const
export type SecretName = (typeof secretNames)[number]
export type Secrets = Readonly<Record<SecretName, string>>

const pathOf = (stage: Stage, name: SecretName): string => `${secretsPathOf(stage)}/${name}`

export const writeSecret = async (
  regions: readonly Aws[],
  stage: Stage,
  name: SecretName,
  value: string,
): Promise<void> => {
  for (const aws of regions) await aws.writeSecret(pathOf(stage, name), value)
}

/** The secrets as the first Region has them, made where they are missing; other Regions get the same. */
export const ensureSecrets = async (regions: readonly Aws[], stage: Stage): Promise<Secrets> => {
  const paths = secretNames.map(name => pathOf(stage, name))
  const found = await Promise.all(regions.map(aws => aws.parameters(paths)))
  const secrets = {} as Record<SecretName, string>
  for (const name of secretNames) {
    const path = pathOf(stage, name)
    // Another Region's own, should the first have lost it.
    const value = found.map(known => known.get(path)).find(known => known !== undefined) ?? newSecret()
    secrets[name] = value
    for (const [i, aws] of regions.entries())
      if (found[i]?.get(path) !== value) await aws.writeSecret(path, value)
  }
  return secrets
}

export const removeSecrets = async (regions: readonly Aws[], stage: Stage): Promise<void> => {
  for (const aws of regions) await aws.removeParameters(secretNames.map(name => pathOf(stage, name)))
}
