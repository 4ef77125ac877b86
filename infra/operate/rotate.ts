/** `npm run rotate -- proxy --context stage=prod`: gives a stage a new secret. The proxy's changes without a refused request. */
import { newSecret } from '#src/core/ids.ts'
import { sentSecret } from '#src/http/client-ip.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage } from '../settings/stage.ts'
import { type Args, runCommand } from './args.ts'
import { type Aws, OperatorError } from './aws.ts'
import { deploy } from './cdk.ts'
import { createRegions, edgeParameter, prepareDeployment } from './release.ts'
import { ensureSecrets, SECRET_NAMES, type SecretName, writeSecret } from './secrets.ts'

/** Functions read their secrets when they start: a new version of each starts. */
const restart = async (args: Args, regions: readonly Aws[]): Promise<void> => {
  const { shop, standbyShop } = stackNames(args.options)
  await prepareDeployment(args, regions, { secretsRead: new Date().toISOString() })
  deploy([...(args.options.secondRegion ? [standbyShop] : []), shop])
}

const rotateProxy = async (args: Args, regions: readonly Aws[]): Promise<void> => {
  const stage = getStage(args.options.stage)
  const { edge } = stackNames(args.options)
  const old = sentSecret((await ensureSecrets(regions, stage)).proxy)
  const fresh = newSecret()
  const publish = async (value: string): Promise<void> => {
    await writeSecret(regions, stage, 'proxy', value)
    await restart(args, regions)
  }
  // Whoever answers believes the new one before anybody sends it, and the old one until nobody does: pages send the first.
  await publish(`${old},${fresh}`)
  deploy([edge], [edgeParameter(edge, fresh)])
  await publish(`${fresh},${old}`)
  await publish(fresh)
}

const rotateSecret = async (args: Args, regions: readonly Aws[]): Promise<void> => {
  if (!args.yes)
    throw new OperatorError(
      'a new secret ends all sessions, and authenticator apps have to be set up anew, of staff too: --yes says that this is meant',
    )
  await writeSecret(regions, getStage(args.options.stage), 'secret', newSecret())
  await restart(args, regions)
}

await runCommand(async args => {
  const [name] = args.positionals
  if (!SECRET_NAMES.includes(name as SecretName))
    throw new OperatorError(`say which: npm run rotate -- ${SECRET_NAMES.join('|')} --context stage=…`)
  if (args.options.active === 'second')
    throw new OperatorError('secrets are rotated while the first Region takes orders')
  const regions = createRegions(args)
  await regions[0]?.account()
  await (name === 'proxy' ? rotateProxy : rotateSecret)(args, regions)
  console.log(`${name} is new`)
})
