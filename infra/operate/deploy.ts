/** `npm run deploy -- --context stage=prod`: puts the shop into an AWS account, or brings it up to date. */
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
  if (status !== 0) throw new OperatorError('the tables are not what the specification says')
}

/** A name that is new takes a while to be known, and CloudFront to be everywhere. */
const waitForHealth = async (address: string): Promise<void> => {
  let last = ''
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const answer = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(PAUSE_MS) })
      if (answer.ok) return
      last = `it answers ${answer.status}`
    } catch (error) {
      last = String(error instanceof Error ? (error.cause ?? error.message) : error)
    }
    await sleep(PAUSE_MS)
  }
  throw new OperatorError(`${address}/api/health is not well: ${last}; docs/operations.md, "5xx"`)
}

const printNextSteps = (
  { options }: Args,
  address: string,
  environment: Readonly<Record<string, string>>,
): void => {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  console.log(`\nThe shop is on ${address}`)
  if (!options.mailFrom)
    console.log('No mail is sent: --context mailFrom="Your Shop <orders@your.domain>" says from whom.')
  if (!options.alarmEmail && getStage(options.stage).isMonitored)
    console.log('Nobody is told of alarms: --context alarmEmail=you@your.domain')
  console.log(
    `Its commands, such as \`npx cloudshelf seed\` and \`npx cloudshelf admin create\`, work with\n  export ${settings.join(' ')}`,
  )
}

await runCommand(async args => {
  const regions = createRegions(args)
  const [first] = regions
  if (!first) throw new OperatorError('there is no Region')
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
