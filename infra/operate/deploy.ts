/** Command `npm run deploy -- --context stage=prod`: deploys or updates the shop in an AWS account. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getStage } from '../settings/stage.ts'
import { type Args, runCommand } from './args.ts'
import { OperatorError } from './aws.ts'
import { ROOT } from './cdk.ts'
import {
  assertBootstrapped,
  createRegions,
  environmentFor,
  failOver,
  prepareDeployment,
  release,
} from './release.ts'
import { ensureSecrets } from './secrets.ts'

const TRIES = 30
const PAUSE_MS = 10_000

const verifyTables = (environment: Readonly<Record<string, string>>): void => {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'src/cli/main.ts'), 'tables', 'verify'], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  if (status !== 0) throw new OperatorError('the tables do not match the specification; see the output above')
}

/** Waits for the health check: a new name takes time to resolve, and CloudFront to deploy everywhere. */
const waitForHealth = async (address: string): Promise<void> => {
  let last = ''
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const answer = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(PAUSE_MS) })
      if (answer.ok) return
      last = `it responds with ${answer.status}`
    } catch (error) {
      last = String(error instanceof Error ? (error.cause ?? error.message) : error)
    }
    await sleep(PAUSE_MS)
  }
  throw new OperatorError(`${address}/api/health is not healthy: ${last}; see docs/operations.md, "5xx"`)
}

const printNextSteps = (
  { options }: Args,
  address: string,
  environment: Readonly<Record<string, string>>,
): void => {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  console.log(`\nThe shop is running at ${address}`)
  if (!options.mailFrom)
    console.log(
      'Emails are not sent. To send them, deploy with --context mailFrom="Your Shop <orders@your.domain>".',
    )
  if (!options.alarmEmail && getStage(options.stage).isMonitored)
    console.log('Alarms are not sent. To receive them, deploy with --context alarmEmail=you@your.domain.')
  console.log(
    `To run its commands, such as \`npx cloudshelf seed\` and \`npx cloudshelf admin create\`, set\n  export ${settings.join(' ')}`,
  )
}

await runCommand(async args => {
  const regions = createRegions(args)
  const [first] = regions
  if (!first) throw new OperatorError('no Region is configured')
  const account = await first.account()
  console.log(
    `Account ${account}, ${regions.map(({ region }) => region).join(' and ')}, stage ${args.options.stage}`,
  )
  await assertBootstrapped(regions, account)
  await prepareDeployment(args, regions)
  const secrets = await ensureSecrets(regions, getStage(args.options.stage))
  const address =
    args.options.active === 'second' ? failOver(args, secrets) : await release(args, regions, secrets)
  const environment = environmentFor(args.options.stage, first.region)
  verifyTables(environment)
  await waitForHealth(address)
  printNextSteps(args, address, environment)
})
