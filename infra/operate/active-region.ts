/** Failover to the second Region and back: a deployment with the options of the last one and another active Region. */
import { EDGE_REGION } from '../settings/region.ts'
import type { Args, ReadAgain } from './args.ts'
import { createAws, OperatorError } from './aws.ts'
import { deployShop } from './deployment.ts'
import { readRecordedOptions } from './preflight.ts'

const SIDES = ['first', 'second'] as const

/**
 * Makes the Region active that the arguments name: `second`, or `first` again. Can be interrupted and repeated. Throws OperatorError
 * where the stage has no second Region, and where something is to be confirmed and is not.
 */
export const activateRegion = async (given: Args, readAgain: ReadAgain): Promise<void> => {
  const { stage } = given.options
  const to = SIDES.find(side => side === given.positionals[0])
  if (!to || given.positionals.length > 1)
    throw new OperatorError(
      `to which Region? Usage: npm run failover -- ${SIDES.toReversed().join('|')} --context stage=…`,
    )
  const last = await readRecordedOptions(createAws(EDGE_REGION), stage)
  if (!last?.secondRegion)
    throw new OperatorError(`${stage} has no second Region: deploy it with --context secondRegion=… first`)
  const args = await readAgain({ ...last, active: to })
  if (args.options.active !== to)
    throw new OperatorError(`active is ${args.options.active} in cdk.json or --context: leave it out there`)
  await deployShop(args)
}
