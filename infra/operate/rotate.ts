/** Command `npm run rotate -- proxy --context stage=prod`: rotates a secret of a stage, the proxy secret without downtime; or sets one of Stripe. */
import { newSecret } from '#src/core/ids.ts'
import { takesStripe } from '../settings/payments.ts'
import { EDGE_REGION } from '../settings/region.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage } from '../settings/stage.ts'
import { type Args, runCommand } from './args.ts'
import { type Aws, createAws, OperatorError } from './aws.ts'
import { deploy } from './cdk.ts'
import { readHidden } from './hidden-input.ts'
import { readRecordedOptions } from './preflight.ts'
import { planProxyRotation } from './proxy-rotation.ts'
import { createRegions, edgeParameter, prepareDeployment } from './release.ts'
import { ensureSecrets, SECRET_NAMES, type SecretName, writeSecret } from './secrets.ts'
import { isStripeSecret, STRIPE_SECRETS, type StripeSecret, setStripeSecret } from './stripe-secrets.ts'

/** Deploys new versions of the functions, because they read their secrets at start. */
const restart = async (args: Args, regions: readonly Aws[]): Promise<void> => {
  const { shop, standbyShop } = stackNames(args.options)
  await prepareDeployment(args, regions, { secretsRead: new Date().toISOString() })
  deploy([...(args.options.secondRegion ? [standbyShop] : []), shop])
}

const rotateProxy = async (args: Args, regions: readonly Aws[]): Promise<void> => {
  const stage = getStage(args.options.stage)
  const { edge } = stackNames(args.options)
  const { proxy } = await ensureSecrets(regions, stage)
  if (proxy.includes(',')) console.log('A rotation was cut off; it is continued')
  for (const step of planProxyRotation(proxy, newSecret()))
    if (step.kind === 'send') deploy([edge], [edgeParameter(edge, step.secret)])
    else {
      await writeSecret(regions, stage, 'proxy', step.list)
      await restart(args, regions)
    }
}

const rotateSecret = async (args: Args, regions: readonly Aws[]): Promise<void> => {
  if (!args.flags.yes)
    throw new OperatorError(
      'a new secret ends all sessions and invalidates all authenticator apps, including those of staff; confirm with --yes',
    )
  await writeSecret(regions, getStage(args.options.stage), 'secret', newSecret())
  await restart(args, regions)
}

/** Functions read a secret of Stripe when they start; those of a shop that does not use it yet, with its next deployment. */
const replaceStripeSecret = async (
  args: Args,
  regions: readonly Aws[],
  name: StripeSecret,
  isDeployed: boolean,
): Promise<void> => {
  await setStripeSecret(regions, getStage(args.options.stage), name, await readHidden(`${name}: `))
  if (isDeployed && takesStripe(args.options)) await restart(args, regions)
}

await runCommand(['yes'], async (given, readAgain) => {
  const [name] = given.positionals
  if (!SECRET_NAMES.includes(name as SecretName) && !isStripeSecret(name))
    throw new OperatorError(
      `which secret? Usage: npm run rotate -- ${[...SECRET_NAMES, ...STRIPE_SECRETS].join('|')} --context stage=…`,
    )
  // A rotation changes no option: those of the last deployment hold where none are given.
  const last = await readRecordedOptions(createAws(EDGE_REGION), given.options.stage)
  const args = await readAgain(last)
  if (args.options.active === 'second')
    throw new OperatorError('secrets can only be rotated while the first Region is active')
  const regions = createRegions(args)
  await regions[0]?.account()
  if (isStripeSecret(name)) await replaceStripeSecret(args, regions, name, last !== undefined)
  else await (name === 'proxy' ? rotateProxy : rotateSecret)(args, regions)
  console.log(`The secret "${name}" has been ${isStripeSecret(name) ? 'set' : 'rotated'}`)
})
