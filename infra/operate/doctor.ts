/** Command `npm run doctor -- --context stage=prod`: sends an alarm of each stack, to see whether alarms reach their reader. */

import { withoutFiles } from '../settings/recorded-options.ts'
import { EDGE_REGION } from '../settings/region.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage } from '../settings/stage.ts'
import { testAlarms } from './alarm-test.ts'
import { runCommand } from './args.ts'
import { createAws, OperatorError } from './aws.ts'
import { readRecordedOptions } from './preflight.ts'

await runCommand([], async (given, readAgain) => {
  const edge = createAws(EDGE_REGION)
  await edge.account()
  const { stage } = given.options
  const last = await readRecordedOptions(edge, stage)
  if (!last) throw new OperatorError(`${stage} is not deployed`)
  if (!getStage(stage).isMonitored) throw new OperatorError(`${stage} has no alarms: take staging or prod`)
  const { options } = await readAgain(withoutFiles(last))
  const names = stackNames(options)
  const { region, secondRegion } = options
  const stacks = [
    { aws: createAws(region), stack: names.shop },
    ...(secondRegion ? [{ aws: createAws(secondRegion), stack: names.standbyShop }] : []),
    { aws: edge, stack: names.edge },
  ]
  for (const { aws, stack } of stacks)
    for (const { isFine, line } of await testAlarms(aws, stack)) {
      console.log(`${isFine ? '✓' : '✗'} ${line}`)
      if (!isFine) process.exitCode = 1
    }
})
