/** A deployment from its checks to the healthy shop; each step can be interrupted and repeated. */

import { takesStripe } from '../settings/payments.ts'
import type { RecordedOptions } from '../settings/recorded-options.ts'
import { EDGE_REGION } from '../settings/region.ts'
import { getStage } from '../settings/stage.ts'
import type { Args } from './args.ts'
import { type Aws, createAws, OperatorError } from './aws.ts'
import { readTemplate } from './cdk.ts'
import { purgeAfterDeployment } from './cdn-purge.ts'
import { confirm } from './confirm.ts'
import { adviseOnReports } from './database.ts'
import { adoptData, listChanges, locateStacks, removeFailedCreations } from './plan.ts'
import { checkAccount, checkDomain, findMailIdentities, readRecordedOptions } from './preflight.ts'
import {
  assertBootstrapped,
  commandEnvironment,
  createRegions,
  exportCommand,
  failOver,
  prepareDeployment,
  release,
} from './release.ts'
import { ensureSecrets } from './secrets.ts'
import { checkStripeSecrets } from './stripe-secrets.ts'
import { verifyTables, waitForHealth } from './verify.ts'

const printNextSteps = (
  { options }: Args,
  address: string,
  environment: Readonly<Record<string, string>>,
  last: RecordedOptions | undefined,
): void => {
  console.log(`\nThe shop is running at ${address}`)
  if (!options.mailFrom)
    console.log(
      'Emails are not sent. To send them, deploy with --context mailFrom="Your Shop <orders@your.domain>".',
    )
  if (!options.alarmEmail && getStage(options.stage).isMonitored)
    console.log('Alarms are not sent. To receive them, deploy with --context alarmEmail=you@your.domain.')
  console.log(
    `To run its commands, such as \`npx cloudshelf seed\` and \`npx cloudshelf admin create\`, set\n  ${exportCommand(environment)}`,
  )
  if (takesStripe(options) && !takesStripe({ paymentMethods: last?.paymentMethods ?? '' }))
    console.log(
      `Stripe must send its events to ${address}/api/payments/events/stripe: docs/aws.md, "Payments".`,
    )
  for (const line of adviseOnReports(options, last)) console.log(line)
}

const print = (line: string): void => console.log(`— ${line}`)

/** Deploys or updates a stage. Throws OperatorError where it cannot, or where what it would take away is not confirmed. */
export const deployShop = async (args: Args): Promise<void> => {
  const { options, flags } = args
  const regions = createRegions(args)
  const [first] = regions
  if (!first) throw new OperatorError('no Region is configured')
  const account = await first.account()
  console.log(
    `Account ${account}, ${regions.map(({ region }) => region).join(' and ')}, stage ${options.stage}`,
  )
  await assertBootstrapped(regions, account)
  const edge: Aws = regions.find(({ region }) => region === EDGE_REGION) ?? createAws(EDGE_REGION)
  await checkDomain(edge, options)
  const last = await readRecordedOptions(edge, options.stage)
  const { concerns, notices } = await checkAccount(regions, options, last)
  const ofStripe = takesStripe(options) ? await checkStripeSecrets(regions, getStage(options.stage)) : []
  const stacks = locateStacks(options, regions, edge)
  const identities = await findMailIdentities(stacks, options, last)
  const prepare = () => prepareDeployment(args, regions, identities)
  await prepare()

  for (const line of notices) print(line)
  const losses = [...concerns, ...ofStripe, ...(await listChanges(stacks, options, last, readTemplate))]
  if (losses.length > 0) {
    console.log(`\nBefore this deployment, confirm:\n${losses.map(line => `  - ${line}`).join('\n')}`)
    await confirm('All of this is as you want it', {
      word: 'yes',
      isGiven: flags.yes === true,
      hint: '--yes',
    })
  }
  await removeFailedCreations(stacks, print)
  await adoptData(stacks, options, readTemplate, flags.adopt === true, print)

  const secrets = await ensureSecrets(regions, getStage(options.stage))
  const address =
    options.active === 'second'
      ? await failOver(args, secrets)
      : await release(args, regions, secrets, { last, prepare })
  const environment = await commandEnvironment(args, first, address)
  verifyTables(environment)
  await waitForHealth(address)
  await purgeAfterDeployment(first, options)
  printNextSteps(args, address, environment, last)
}
