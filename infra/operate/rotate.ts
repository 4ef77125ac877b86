/** `npm run rotate -- proxy --context stage=prod`: gives a stage a new secret. The proxy's changes without a refused request. */
import { newSecret } from '#src/core/ids.ts'
import { sentSecret } from '#src/http/client-ip.ts'
import { stackNames } from '../settings/stack-names.ts'
import { stageOf } from '../settings/stage.ts'
import { type Args, command } from './args.ts'
import { type Aws, OperatorError } from './aws.ts'
import { deploy } from './cdk.ts'
import { edgeParameter, prepare, regionsOf } from './release.ts'
import { ensureSecrets, type SecretName, secretNames, writeSecret } from './secrets.ts'

/** Functions read their secrets when they start: a new version of each starts. */
const restart = async (words: Args, regions: readonly Aws[]): Promise<void> => {
  const { shop, standbyShop } = stackNames(words.options)
  await prepare(words, regions, { secretsRead: new Date().toISOString() })
  deploy([...(words.options.secondRegion ? [standbyShop] : []), shop])
}

const rotateProxy = async (words: Args, regions: readonly Aws[]): Promise<void> => {
  const stage = stageOf(words.options.stage)
  const { edge } = stackNames(words.options)
  const old = sentSecret((await ensureSecrets(regions, stage)).proxy)
  const fresh = newSecret()
  const become = async (value: string): Promise<void> => {
    await writeSecret(regions, stage, 'proxy', value)
    await restart(words, regions)
  }
  // Whoever answers believes the new one before anybody sends it, and the old one until nobody does: pages send the first.
  await become(`${old},${fresh}`)
  deploy([edge], [edgeParameter(edge, fresh)])
  await become(`${fresh},${old}`)
  await become(fresh)
}

const rotateSecret = async (words: Args, regions: readonly Aws[]): Promise<void> => {
  if (!words.yes)
    throw new OperatorError(
      'a new secret ends all sessions, and authenticator apps have to be set up anew, of staff too: --yes says that this is meant',
    )
  await writeSecret(regions, stageOf(words.options.stage), 'secret', newSecret())
  await restart(words, regions)
}

await command(async words => {
  const [name] = words.words
  if (!secretNames.includes(name as SecretName))
    throw new OperatorError(`say which: npm run rotate -- ${secretNames.join('|')} --context stage=…`)
  if (words.options.active === 'second')
    throw new OperatorError('secrets are rotated while the first Region takes orders')
  const regions = regionsOf(words)
  await regions[0]?.account()
  await (name === 'proxy' ? rotateProxy : rotateSecret)(words, regions)
  console.log(`${name} is new`)
})
